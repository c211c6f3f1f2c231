// The stage: fit pictures into it, magnified about a point that stays the same when another picture is shown.

const MOST = 32;
const view = { zoom: 1, x: 0.5, y: 0.5 };

// Return the width and height of a picture on the stage before magnification.
function fitOf(image) {
  const stage = $("#stage");
  const width = image.naturalWidth ? +image.dataset.width || image.naturalWidth : +image.dataset.width || 1;
  const height = image.naturalHeight ? +image.dataset.height || image.naturalHeight : +image.dataset.height || 1;
  const factor = Math.min(stage.clientWidth / width, stage.clientHeight / height);
  return { width: width * factor, height: height * factor, factor };
}

function show(image, picture) {
  const token = (image.token = {});
  image.alt = picture.alt;
  image.dataset.width = picture.width || "";
  image.dataset.height = picture.height || "";
  image.src = picture.small || picture.file;
  if (picture.small && picture.small !== picture.file) {
    const whole = new Image();
    whole.src = picture.file;
    whole.decode().then(() => image.token === token && ((image.src = picture.file), draw()), () => {});
  }
  image.onload = () => image.token === token && draw();
  draw();
}

// Place both pictures according to zoom and centre, without empty margins if the picture is larger than the stage.
function draw() {
  const stage = $("#stage");
  const under = fitOf($("#box-under"));
  const half = (room, size) => Math.min(0.5, room / (2 * size * view.zoom));
  const [across, down] = [half(stage.clientWidth, under.width), half(stage.clientHeight, under.height)];
  view.x = clamp(view.x, across, 1 - across);
  view.y = clamp(view.y, down, 1 - down);
  for (const image of [$("#box-under"), $("#box-over")]) {
    const fit = fitOf(image);
    image.style.width = `${fit.width}px`;
    image.style.height = `${fit.height}px`;
    const [left, top] = [(0.5 - view.x) * fit.width * view.zoom, (0.5 - view.y) * fit.height * view.zoom];
    image.style.transform = `translate(-50%, -50%) translate(${left}px, ${top}px) scale(${view.zoom})`;
    image.style.imageRendering = fit.factor * view.zoom >= 3 ? "pixelated" : "auto";
  }
  $("#box-scale").textContent = view.zoom > 1.001 ? `${Math.round(under.factor * view.zoom * 100)} %` : "fit";
  stage.classList.toggle("zoomed", view.zoom > 1.001);
  drawWipe();
}

// Return the left and right end of the visible part of the picture on the stage, in pixels.
function extent() {
  const stage = $("#stage");
  const { width } = fitOf($("#box-under"));
  const middle = stage.clientWidth / 2 + (0.5 - view.x) * width * view.zoom;
  const half = (width * view.zoom) / 2;
  return [Math.max(0, middle - half), Math.min(stage.clientWidth, middle + half)];
}

// Magnify about a fixed point of the stage, given in pixels from its middle.
function zoomBy(factor, x = 0, y = 0) {
  const before = view.zoom;
  const fit = fitOf($("#box-under"));
  view.zoom = factor ? clamp(view.zoom * factor, 1, MOST) : 1;
  view.x += (x / fit.width) * (1 / before - 1 / view.zoom);
  view.y += (y / fit.height) * (1 / before - 1 / view.zoom);
  draw();
}

function panBy(x, y) {
  const fit = fitOf($("#box-under"));
  view.x -= x / (fit.width * view.zoom);
  view.y -= y / (fit.height * view.zoom);
  draw();
}

// Show a region, given as left, top, width and height in fractions of the picture.
function zoomTo(region) {
  const [left, top, width, height] = region.split(" ").map(Number);
  const fit = fitOf($("#box-under"));
  const stage = $("#stage");
  const room = Math.min(stage.clientWidth / (width * fit.width), stage.clientHeight / (height * fit.height));
  view.zoom = clamp(0.9 * room, 1, MOST);
  [view.x, view.y] = [left + width / 2, top + height / 2];
  draw();
}

const touches = new Map();

function startPointers() {
  const stage = $("#stage");
  let from = null;
  const middle = () => {
    const box = stage.getBoundingClientRect();
    const points = [...touches.values()];
    const x = points.reduce((sum, point) => sum + point.x, 0) / points.length - box.left - box.width / 2;
    const y = points.reduce((sum, point) => sum + point.y, 0) / points.length - box.top - box.height / 2;
    const apart = points.length > 1 ? Math.hypot(points[0].x - points[1].x, points[0].y - points[1].y) : 0;
    return { x, y, apart };
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.target.id === "wipe-line") return;
    stage.setPointerCapture(event.pointerId);
    touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (touches.size === 1) from = { x: event.clientX, y: event.clientY, zoom: view.zoom };
  });
  stage.addEventListener("pointermove", (event) => {
    if (!touches.has(event.pointerId)) return;
    const before = middle();
    touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = middle();
    panBy(after.x - before.x, after.y - before.y);
    if (before.apart && after.apart) zoomBy(after.apart / before.apart, after.x, after.y);
  });
  const end = (event) => {
    const wasOne = touches.delete(event.pointerId) && touches.size === 0;
    const moved = from ? event.clientX - from.x : 0;
    const isSwipe = wasOne && event.pointerType === "touch" && from.zoom <= 1.001 && view.zoom <= 1.001;
    if (isSwipe && Math.abs(moved) > 60) step(moved < 0 ? "right" : "left");
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", (event) => touches.delete(event.pointerId));
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = stage.getBoundingClientRect();
    const amount = event.deltaMode ? event.deltaY * 30 : event.deltaY;
    zoomBy(Math.exp(-amount / 400), event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2);
  }, { passive: false });
  new ResizeObserver(() => $("#lightbox").open && draw()).observe(stage);
}
