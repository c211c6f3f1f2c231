// While the sweep runs, `live.js` is loaded again and again; it calls `nst.update` with the current page.

const SOONEST = 3000;
const LATEST = 30000;
let more = 15; // checks after the last run has ended, while the figures are drawn
let wait = SOONEST;
let stamp = document.documentElement.dataset.stamp;
let finished = "finished" in document.documentElement.dataset;

function update(news) {
  finished = news.finished;
  if (news.stamp !== stamp) {
    stamp = news.stamp;
    wait = SOONEST;
    for (const part of all("[data-section]")) {
      const section = news.sections[part.dataset.section];
      if (section && section.stamp !== part.dataset.stamp) swap(part, section);
    }
    refreshBox();
    say($(".status").textContent);
    sayUpdating(new Date());
  }
  if (finished) $("#updating").hidden = true;
}

// The time distinguishes a running sweep from one that was killed.
function sayUpdating(changed) {
  const today = changed.toDateString() === new Date().toDateString();
  const when = today ? changed.toLocaleTimeString() : changed.toLocaleString();
  $("#updating").textContent = `This page updates itself while its sweep runs, last at ${when}.`;
  $("#updating").hidden = finished;
}

// Replace a part in place: unchanged elements are kept, so that nothing flickers, scrolls or loses focus.
function swap(part, section) {
  const holder = document.createElement("template");
  holder.innerHTML = section.html;
  const fresh = document.importNode(holder.content, true);
  const focus = part.contains(document.activeElement) ? handleOf(document.activeElement) : "";
  const scrolled = all("[data-scroll]", part).map((one) => [one.dataset.scroll, one.scrollLeft, one.scrollTop]);
  renew(part, fresh);
  keep(part, fresh);
  part.replaceChildren(fresh);
  part.dataset.stamp = section.stamp;
  dress(part);
  for (const [name, left, top] of scrolled) $(`[data-scroll="${name}"]`, part)?.scrollTo(left, top);
  if (focus) $(focus, part)?.focus({ preventScroll: true });
}

// A picture that was remade under the same name must not come from the browser's cache.
function renew(part, fresh) {
  const before = new Map(all("img[data-version]", part).map((image) => [bare(image), image.dataset.version]));
  for (const image of all("img[data-version]", fresh)) {
    const known = before.get(bare(image));
    if (known !== undefined && known !== image.dataset.version) image.src = `${bare(image)}?${image.dataset.version}`;
  }
}

function bare(image) {
  return image.getAttribute("src").split("?")[0];
}

function keep(part, fresh) {
  const old = new Map(all(TILES, part).map((tile) => [tile.dataset.place, tile]));
  for (const tile of all(TILES, fresh)) {
    const same = old.get(tile.dataset.place);
    if (same?.isEqualNode(tile)) tile.replaceWith(same);
  }
}

// Return a selector that finds an element again in the HTML that replaces it.
function handleOf(element) {
  if (element.dataset.place) return `[data-place="${CSS.escape(element.dataset.place)}"]`;
  if (element.dataset.scroll) return `[data-scroll="${CSS.escape(element.dataset.scroll)}"]`;
  const column = element.closest("th[data-column]")?.dataset.column;
  if (column) return `th[data-column="${column}"] button`;
  const row = element.closest("[id]");
  const tag = element.tagName.toLowerCase();
  return row ? `#${CSS.escape(row.id)} ${tag}` : `${tag}[href="${CSS.escape(element.getAttribute("href") ?? "")}"]`;
}

function dress(part) {
  if (part.dataset.section === "runs") dressTable();
  watchWidths(part);
}

function poll() {
  if (finished && more-- <= 0) return;
  const script = document.createElement("script");
  script.src = `live.js?${Date.now()}`;
  const next = () => {
    script.remove();
    wait = Math.min(LATEST, wait * 1.15);
    setTimeout(poll, wait);
  };
  script.onload = script.onerror = next;
  document.head.append(script);
}

function startRefresh() {
  if (finished) return;
  sayUpdating(new Date(document.lastModified));
  setTimeout(poll, SOONEST);
  document.addEventListener("visibilitychange", () => document.hidden || (wait = SOONEST));
}
