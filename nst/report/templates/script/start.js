// Entry point. A grid wider than the page scrolls in its own box; a narrower one is part of the page, so that its heads
// can stay in sight while the page scrolls.

const widths = new ResizeObserver((changes) => changes.forEach(({ target }) => fit(target)));

function fit(scroller) {
  const isWide = scroller.scrollWidth > scroller.clientWidth + 1;
  scroller.classList.toggle("fits", !isWide);
  if (isWide) scroller.tabIndex = 0;
  else scroller.removeAttribute("tabindex");
}

function watchWidths(part) {
  for (const scroller of all(".scroller", part)) {
    fit(scroller);
    widths.observe(scroller);
  }
}

window.nst = { update };
document.documentElement.classList.add("js");
startPointers();
startCompare();
startLightbox();
startKeys();
startTable();
startCopy();
startFilms();
watchWidths(document);
startRefresh();
window.addEventListener("beforeprint", () => all("img[loading]").forEach((image) => (image.loading = "eager")));
