// The pictures on the page: their places, their neighbours, and their data.

const TILES = "a.tile[data-place]";

function placeOf(tile) {
  const [group, row, column, slot] = tile.dataset.place.split("/");
  return { group, row: +row, column: +column, slot: +slot };
}

function tileAt(place) {
  return place && $(`${TILES}[data-place="${CSS.escape(place)}"]`);
}

function inGroup(group) {
  return all(`${TILES}[data-place^="${CSS.escape(group)}/"]`);
}

// Return the next picture in a direction, skipping places without a run.
function neighbour(tile, across, down) {
  const here = placeOf(tile);
  if (here.group === "table") return besideInTable(tile, across + down);
  const isHead = here.row < 0 || here.column < 0; // from a head, one steps to any slot
  const ahead = inGroup(here.group).filter((other) => {
    const { row, column, slot } = placeOf(other);
    if (other.dataset.zoom && !tile.dataset.zoom) return false;
    if (across) return row === here.row && (slot === here.slot || column < 0 || isHead) && (column - here.column) * across > 0;
    return column === here.column && (slot === here.slot || row < 0 || isHead) && (row - here.row) * down > 0;
  });
  const far = (other) => Math.abs(placeOf(other).column - here.column) + Math.abs(placeOf(other).row - here.row);
  return ahead.sort((a, b) => far(a) - far(b))[0];
}

function besideInTable(tile, step) {
  const shown = all(`#runs-table tbody tr:not([hidden]) ${TILES}`);
  return shown[shown.indexOf(tile) + step];
}

// Return the same place in the previous or next grid.
function inFacet(tile, step) {
  const { group, row, column, slot } = placeOf(tile);
  const next = group.replace(/\d+$/, (number) => +number + step);
  return next !== group && tileAt(`${next}/${row}/${column}/${slot}`);
}

function rowOf(tile) {
  const own = tile.dataset.run ?? $("[data-run]", tile.closest(".cell") ?? tile)?.dataset.run;
  return own ? document.getElementById(own) : tile.closest("#runs-table tr");
}

function labelOf(tile) {
  const isResult = tile.dataset.run || tile.closest("#runs-table");
  return (isResult && rowOf(tile)?.dataset.label) || $("img", tile)?.alt || tile.textContent.trim();
}

function pictureOf(tile) {
  const small = $("img", tile);
  if (!small) return null;
  const isWhole = !tile.dataset.zoom;
  return {
    file: tile.getAttribute("href"),
    small: isWhole ? small.getAttribute("src") : "",
    alt: small.alt,
    width: isWhole ? +small.getAttribute("width") : 0,
    height: isWhole ? +small.getAttribute("height") : 0,
  };
}

// Describe the place of a tile in words.
function whereabouts(tile) {
  const { group, row, column } = placeOf(tile);
  if (group === "table" || row < 0 || column < 0) return "";
  const whole = inGroup(group).filter((other) => !other.dataset.zoom).map(placeOf);
  const rows = Math.max(...whole.map((place) => place.row)) + 1;
  const columns = Math.max(...whole.map((place) => place.column)) + 1;
  const parts = [];
  if (rows > 1) parts.push(`row ${row + 1} of ${rows}`);
  if (columns > 1) parts.push(`column ${column + 1} of ${columns}`);
  const facet = $("h3", tile.closest(".facet") ?? tile);
  if (facet) parts.push(facet.textContent);
  return parts.join(" · ");
}

// Return name and value of every column of the table of runs for a run.
function factsOf(row) {
  return all("#runs-table th[data-column]").map((head) => {
    const cell = row.cells[+head.dataset.column];
    return [head.textContent.trim(), (cell.firstElementChild ?? cell).textContent.trim()];
  });
}
