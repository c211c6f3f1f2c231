// Animations play on a click and stop on the next.

function startFilms() {
  document.addEventListener("click", (event) => {
    const film = event.target.closest("a.film");
    if (!film || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const image = $("img", film);
    film.still ??= image.getAttribute("src");
    const isMoving = film.classList.toggle("moving");
    image.src = isMoving ? film.getAttribute("href") : film.still;
    say(isMoving ? "playing" : "stopped");
  });
}
