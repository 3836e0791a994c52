// Small multiples: one picture for each seed, framed by whether a claim holds there.

import { element } from "./dom.js";

const COLUMNS = 8;
const GAP = 8;
const LABEL = 18;

/** Draws `tiles` ({ label, points, holds }) over the `real` points, in a square of half side `extent`. */
export function draw(parent, { tiles, real, extent, colors }) {
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
  tiles.forEach(({ label, points, holds }, i) => {
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
    dots(points, colors.generated, 3);
    paint.lineWidth = holds === null ? 1 : 3;
    paint.strokeStyle = { true: colors.real, false: colors.attention }[holds] ?? "#bbb";
    paint.strokeRect(left + 1.5, top + 1.5, side - 3, side - 3);
    paint.fillStyle = getComputedStyle(parent).color;
    paint.fillText(label, left + 2, top + side + 14);
  });
}

function describe(tiles) {
  const kept = tiles.filter(({ holds }) => holds).length;
  return tiles.some(({ holds }) => holds === null) ? "runs in training" : `${kept} of ${tiles.length} hold`;
}
