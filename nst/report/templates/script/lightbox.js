// One picture large, with its numbers and the command that repeats the run.

let shown = "";
let opened = "";

function current() {
  return tileAt(shown);
}

function openBox(tile) {
  shown = opened = tile.dataset.place;
  Object.assign(view, { zoom: 1, x: 0.5, y: 0.5 });
  pinned = "";
  $("#lightbox").showModal();
  showTile();
  if (tile.dataset.zoom) $("#box-under").decode().then(() => zoomTo(tile.dataset.zoom), () => {});
}

function step(direction) {
  const moves = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
  const next = direction in moves ? neighbour(current(), ...moves[direction]) : inFacet(current(), +direction);
  if (!next) return;
  shown = next.dataset.place;
  showTile();
  say([labelOf(next), whereabouts(next)].filter(Boolean).join(", "));
}

function showTile() {
  const tile = current();
  const row = rowOf(tile);
  $("#box-title").textContent = labelOf(tile);
  $("#box-place").textContent = whereabouts(tile);
  $("#box-note").textContent = row?.dataset.note ?? "";
  $("#box-note").hidden = !row?.dataset.note;
  showCommand(row);
  showPicture();
  for (const button of all("[data-hold]")) button.hidden = !row?.dataset[button.dataset.hold];
  for (const button of all("[data-step]")) button.disabled = !canStep(button.dataset.step);
}

function canStep(direction) {
  const moves = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
  return Boolean(neighbour(current(), ...moves[direction]));
}

function showPicture() {
  const picture = pictureOf(current());
  $("#box-why").hidden = Boolean(picture);
  $("#box-under").hidden = !picture;
  $("#box-full").hidden = !picture;
  if (picture) {
    $("#box-full").href = picture.file;
    show($("#box-under"), picture);
  } else {
    $("#box-why").textContent = $("b", current())?.textContent ?? "";
  }
  showOther();
}

// Show the numbers of the run; while comparing, beside those of the other run, in the order of the pictures.
function showFacts() {
  const [row, other] = [rowOf(current()), tileAt(pinned) && rowOf(tileAt(pinned))];
  const isBoth = Boolean(row && other && other !== row);
  const others = isBoth ? factsOf(other) : [];
  const lines = row ? factsOf(row).map(([name, value], number) => [name, ...others.slice(number, number + 1).map((f) => f[1]), value]) : [];
  const pairs = (isBoth ? [["", "left", "right"], ...lines] : lines).map(([name, ...values]) => {
    const line = document.createElement("div");
    line.className = name ? "" : "heads";
    line.append(...[name, ...values].map((text, place) => {
      const part = document.createElement(place ? "dd" : "dt");
      part.textContent = text;
      return part;
    }));
    return line;
  });
  $("#box-facts").replaceChildren(...pairs);
  $("#box-facts").classList.toggle("both", isBoth);
}

function showCommand(row) {
  const command = row?.dataset.command ?? "";
  $("#box-command").hidden = !command;
  $("#box-command code").textContent = command;
  $("#box-command .copy").dataset.copy = command;
}

// After a refresh of the page under an open box, show the same place with its new contents.
function refreshBox() {
  if (!$("#lightbox").open) return;
  if (!current()) $("#lightbox").close();
  else if (!held) showTile();
}

function startLightbox() {
  const box = $("#lightbox");
  document.addEventListener("click", (event) => {
    const tile = event.target.closest(TILES);
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    openBox(tile);
  });
  $("#box-close").addEventListener("click", () => box.close());
  box.addEventListener("close", () => {
    release();
    if (shown !== opened) current()?.focus(); // else the browser restores the focus
  });
  for (const button of all("[data-step]")) button.addEventListener("click", () => step(button.dataset.step));
  for (const button of all("[data-zoom-by]")) button.addEventListener("click", () => zoomBy(+button.dataset.zoomBy));
}
