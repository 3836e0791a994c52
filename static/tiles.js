// Small multiples: one picture for each seed, framed by whether a claim holds there.

import { element } from "./dom.js";

const COLUMNS = 8;
const GAP = 8;
const LABEL = 18;

/**
 * Draws `tiles` ({ label, made, holds }). What a run made are points, drawn over the `real` ones in a square
 * of half side `extent`, or square pictures, each the base 64 of its bytes.
 */
export function draw(parent, { tiles, real = [], extent, colors }) {
  const canvas = parent.querySelector("canvas") ?? element(parent, "canvas");
  const width = parent.clientWidth || 800;
  const side = Math.floor((width - GAP * (COLUMNS - 1)) / COLUMNS);
  const rows = Math.ceil(tiles.length / COLUMNS);
  const height = rows * (side + LABEL + GAP);
  const ratio = devicePixelRatio || 1;
  Object.assign(canvas, { width: width * ratio, height: height * ratio });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px`, display: "block" });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", describe(tiles));
  const paint = canvas.getContext("2d");
  paint.scale(ratio, ratio);
  paint.font = `13px ${getComputedStyle(parent).fontFamily}`;
  tiles.forEach(({ label, made, holds }, i) => {
    const left = (i % COLUMNS) * (side + GAP);
    const top = Math.floor(i / COLUMNS) * (side + LABEL + GAP);
    const dots = (list, color, size) => {
      paint.fillStyle = color;
      for (const [x, y] of list) {
        if (!(Math.abs(x) <= extent && Math.abs(y) <= extent)) continue;
        const across = left + (side * (x / extent + 1)) / 2;
        const down = top + (side * (1 - y / extent)) / 2;
        paint.fillRect(across - size / 2, down - size / 2, size, size);
      }
    };
    dots(real, `${colors.real}66`, 2);
    if (typeof made[0] === "string") drawPictures(paint, made, left, top, side, colors.generated);
    else dots(made, colors.generated, 3);
    paint.lineWidth = holds === null ? 1 : 3;
    paint.strokeStyle = { true: colors.real, false: colors.attention }[holds] ?? "#bbb";
    paint.strokeRect(left + 1.5, top + 1.5, side - 3, side - 3);
    paint.fillStyle = getComputedStyle(parent).color;
    paint.fillText(label + ({ true: " ✓", false: " ✗" }[holds] ?? ""), left + 2, top + side + 14);
  });
}

/** A square of pictures, in ink on paper. */
function drawPictures(paint, made, left, top, side, ink) {
  const columns = Math.ceil(Math.sqrt(made.length));
  const across = side / columns;
  made.forEach((text, i) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const pixels = Math.sqrt(bytes.length);
    const stamp = new OffscreenCanvas(pixels, pixels);
    const image = new ImageData(pixels, pixels);
    bytes.forEach((value, j) => { image.data[4 * j + 3] = value; });  // ink where it is bright
    const context = stamp.getContext("2d");
    context.putImageData(image, 0, 0);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = ink;
    context.fillRect(0, 0, pixels, pixels);
    paint.drawImage(stamp, left + (i % columns) * across, top + Math.floor(i / columns) * across, across, across);
  });
}

function describe(tiles) {
  const kept = tiles.filter(({ holds }) => holds).length;
  return tiles.some(({ holds }) => holds === null) ? "runs in training" : `${kept} of ${tiles.length} hold`;
}
