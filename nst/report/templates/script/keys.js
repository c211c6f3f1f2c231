// Keys of the enlarged view, except in its form fields, and arrow keys from cell to cell on the page.

const STEPS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", PageUp: "-1", PageDown: "1" };
const ZOOMS = { "+": 1.5, "=": 1.5, "-": 1 / 1.5, "0": 0 };

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key in STEPS) step(STEPS[key]);
  else if (key in ZOOMS) zoomBy(ZOOMS[key]);
  else if (key in HELD) event.repeat || hold(HELD[key]);
  else if (key === "p") pin(shown);
  else return;
  event.preventDefault();
}

function onPageKey(event) {
  const tile = event.target.closest?.(TILES);
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const next = tile && event.key in moves && !event.altKey && neighbour(tile, ...moves[event.key]);
  if (!next) return;
  next.focus();
  event.preventDefault();
}

function startKeys() {
  document.addEventListener("keydown", onPageKey);
  const box = $("#lightbox");
  box.addEventListener("keydown", onKey);
  box.addEventListener("keyup", (event) => event.key.toLowerCase() in HELD && release());
  window.addEventListener("blur", release);
}
