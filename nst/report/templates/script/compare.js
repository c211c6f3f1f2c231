// Two ways to compare: hold a key or button to see another picture of the same run, or wipe between two cells.

let pinned = "";
let held = "";
let turns = {};
let turnsOf = "";

const HELD = { c: "content", s: "start", t: "style" };

// Return the files of a kind: a run may have several styles.
function heldFiles(kind) {
  const known = rowOf(current())?.dataset ?? {};
  const names = Object.keys(known).filter((name) => name === kind || name.startsWith(`${kind}-`));
  return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).map((name) => known[name]);
}

// Show a picture of this kind while held; holding again shows the next one if there are several.
function hold(kind) {
  const files = heldFiles(kind);
  if (!files.length || held) return;
  turns = shown === turnsOf ? turns : {};
  turnsOf = shown;
  const turn = (turns[kind] ?? 0) % files.length;
  turns[kind] = turn + 1;
  const file = files[turn];
  const name = files.length > 1 ? `${kind} ${turn + 1} of ${files.length}` : kind;
  held = kind;
  const image = $("#box-under");
  show(image, { file, small: "", alt: `${name} picture`, width: image.dataset.width, height: image.dataset.height });
  image.dataset.width = image.dataset.height = "";
  $("#box-top").hidden = true;
  tag("#tag-left", name);
  $("#tag-right").hidden = true;
  $(`[data-hold="${kind}"]`).setAttribute("aria-pressed", "true");
  say(files.length > 1 ? name : `${kind} picture`);
}

function release() {
  if (!held) return;
  $(`[data-hold="${held}"]`).setAttribute("aria-pressed", "false");
  held = "";
  showPicture();
}

function tag(id, text) {
  $(id).textContent = text;
  $(id).hidden = !text;
}

// Compare with this cell from now on, or stop comparing if it is already the one.
function pin(place) {
  pinned = place === pinned ? "" : place;
  showOther();
  say(pinned ? `comparing with ${labelOf(tileAt(pinned))}` : "comparing with nothing");
}

function showOther() {
  const other = tileAt(pinned);
  const picture = other && pictureOf(other);
  const isOn = Boolean(picture) && !held && Boolean(pictureOf(current()));
  fillOthers();
  showFacts();
  $("#box-other").value = picture ? pinned : "";
  $("#box-top").hidden = $("#wipe-line").hidden = $("#wipe-bar").hidden = !isOn;
  tag("#tag-left", isOn ? labelOf(other) : "");
  tag("#tag-right", isOn ? labelOf(current()) : "");
  if (isOn) show($("#box-over"), picture);
  else draw();
}

// List the cells to choose from: all pictures of all grids.
function fillOthers() {
  const tiles = all(TILES).filter((tile) => !tile.dataset.zoom && !tile.dataset.place.startsWith("table") && pictureOf(tile));
  const options = tiles.map((tile) => new Option(labelOf(tile), tile.dataset.place));
  $("#box-other").replaceChildren(new Option("nothing", ""), ...options);
}

function drawWipe() {
  const [left, right] = extent();
  const at = left + ((right - left) * $("#wipe").value) / 100;
  $("#box-top").style.clipPath = `inset(0 ${$("#stage").clientWidth - at}px 0 0)`;
  $("#wipe-line").style.left = `${at}px`;
}

function startCompare() {
  for (const button of all("[data-hold]")) {
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("pointerdown", () => hold(button.dataset.hold));
    for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(end, release);
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("keydown", (event) => [" ", "Enter"].includes(event.key) && hold(button.dataset.hold));
    button.addEventListener("keyup", release);
  }
  $("#wipe").addEventListener("input", drawWipe);
  $("#box-other").addEventListener("change", (event) => {
    pinned = event.target.value;
    showOther();
  });
  const line = $("#wipe-line");
  line.addEventListener("pointerdown", (event) => line.setPointerCapture(event.pointerId));
  line.addEventListener("pointermove", (event) => {
    if (!line.hasPointerCapture(event.pointerId)) return;
    const [left, right] = extent();
    const x = event.clientX - $("#stage").getBoundingClientRect().left;
    $("#wipe").value = (100 * (x - left)) / Math.max(1, right - left);
    drawWipe();
  });
}
