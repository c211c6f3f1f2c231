// The table of runs: sorted by any column, filtered by words and by state.

const order = { column: 0, direction: 0 };

function sortRows() {
  const body = $("#runs-table tbody");
  const number = (row) => +row.id.split("-")[1];
  const compare = (a, b) => compareCells(a.cells[order.column], b.cells[order.column]) || number(a) - number(b);
  const rows = [...body.rows].sort(order.direction ? compare : (a, b) => number(a) - number(b));
  body.append(...rows);
  for (const head of all("#runs-table th[data-column]")) {
    const isOn = order.direction && +head.dataset.column === order.column;
    head.setAttribute("aria-sort", isOn ? (order.direction > 0 ? "ascending" : "descending") : "none");
  }
}

// Numbers sort before words; unknown values come last in either direction.
function compareCells(a, b) {
  const [left, right] = [a, b].map((cell) => cell.dataset.sort ?? null);
  if (left === "" || right === "") return (left === "") - (right === "");
  if (left !== null && right !== null) return order.direction * (left - right);
  return order.direction * a.textContent.localeCompare(b.textContent, "en", { numeric: true });
}

function sortBy(column) {
  const turns = { 0: 1, 1: -1, "-1": 0 };
  order.direction = order.column === column ? turns[order.direction] : 1;
  order.column = column;
  sortRows();
}

function filterRows() {
  const words = $("#filter-text").value.toLowerCase().split(/\s+/).filter(Boolean);
  const state = $("#filter-state").value;
  const rows = all("#runs-table tbody tr");
  for (const row of rows) {
    const text = `${row.textContent} ${row.dataset.label}`.toLowerCase();
    row.hidden = (state && row.dataset.state !== state) || !words.every((word) => text.includes(word));
  }
  const left = rows.filter((row) => !row.hidden).length;
  $("#filter-count").textContent = left === rows.length ? `${left} runs` : `${left} of ${rows.length} runs`;
}

// Turn heads into buttons; repeated whenever the table is replaced.
function dressTable() {
  for (const head of all("#runs-table th.sortable")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortBy(+head.dataset.column));
    head.append(button);
  }
  sortRows();
  filterRows();
}

function startTable() {
  $("#filter").hidden = false;
  $("#filter-text").addEventListener("input", filterRows);
  $("#filter-state").addEventListener("change", filterRows);
  dressTable();
}
