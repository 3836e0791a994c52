// Paints one plotly trace on a canvas that is scaled to its pixels; x and y turn data into CSS pixels.

const DASHES = { dot: [1, 2], dash: [4, 3], longdash: [7, 4], dashdot: [4, 2, 1, 2] };

export const PAINTERS = { heatmap: paintHeatmap, contour: paintContour, scatter: paintScatter, bar: paintBars };

/** From data to pixels along a plotly axis. */
export function scale({ range: [first, last], type, _offset, _length }, isUpwards) {
  const start = isUpwards ? _offset + _length : _offset;
  const slope = ((isUpwards ? -1 : 1) * _length) / (last - first);
  if (type === "log") return (value) => start + (Math.log10(value) - first) * slope;
  return (value) => start + (value - first) * slope;
}

const grid = new OffscreenCanvas(1, 1);

function paintHeatmap(context, { z, x0, dx, y0, dy, zmin, zmax, colorscale }, x, y) {
  const [rows, columns] = [z.length, z[0].length];
  const colours = lookup(colorscale);
  const pixels = new Uint32Array(rows * columns);
  const perUnit = 255 / (zmax - zmin);
  z.forEach((values, row) => {
    const start = (rows - 1 - row) * columns;  // an image begins at the top, z at the bottom
    for (let column = 0; column < columns; column++) {
      const level = Math.round(Math.min(Math.max((values[column] - zmin) * perUnit, 0), 255));
      pixels[start + column] = colours[level];  // NaN has no colour and stays transparent
    }
  });
  Object.assign(grid, { width: columns, height: rows });
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), columns, rows);
  grid.getContext("2d").putImageData(image, 0, 0);
  const [left, right] = [x(x0 - dx / 2), x(x0 + (columns - 0.5) * dx)];
  const [top, bottom] = [y(y0 + (rows - 0.5) * dy), y(y0 - dy / 2)];
  context.drawImage(grid, left, top, right - left, bottom - top);
}

const lookups = new Map();

/** 256 packed RGBA colours along a Plotly colour scale. */
function lookup(colorscale) {
  const key = colorscale.join();
  if (!lookups.has(key)) {
    const context = new OffscreenCanvas(256, 1).getContext("2d");
    context.fillStyle = context.createLinearGradient(0, 0, 256, 0);
    for (const [position, colour] of colorscale) context.fillStyle.addColorStop(position, colour);
    context.fillRect(0, 0, 256, 1);
    lookups.set(key, new Uint32Array(context.getImageData(0, 0, 256, 1).data.buffer));
  }
  return lookups.get(key);
}

/** Marching squares: each cell's edges on which z crosses the level are joined two by two. */
function paintContour(context, { z, x0, dx, y0, dy, contours: { start: level }, line }, x, y) {
  const corners = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]];
  context.beginPath();
  for (let row = 0; row < z.length - 1; row++) {
    for (let column = 0; column < z[0].length - 1; column++) {
      let isOpen = false;
      for (let edge = 0; edge < 4; edge++) {
        const [[ax, ay], [bx, by]] = [corners[edge], corners[edge + 1]];
        const [a, b] = [z[row + ay][column + ax], z[row + by][column + bx]];
        if (a < level === b < level) continue;
        const t = (level - a) / (b - a);
        const at = [x(x0 + (column + ax + t * (bx - ax)) * dx), y(y0 + (row + ay + t * (by - ay)) * dy)];
        if (isOpen) context.lineTo(...at);
        else context.moveTo(...at);
        isOpen = !isOpen;
      }
    }
  }
  stroke(context, line);
}

function paintScatter(context, trace, x, y) {
  if (trace.fill) paintArea(context, trace, x, y);
  if (trace.mode.includes("lines")) paintLine(context, trace, x, y);
  if (trace.mode.includes("markers")) paintMarkers(context, trace, x, y);
  if (trace.mode.includes("text")) paintText(context, trace, x, y);
}

/** The area between a line without gaps and 0. */
function paintArea(context, { x: xs, y: ys, fillcolor }, x, y) {
  context.beginPath();
  context.moveTo(x(xs[0]), y(0));
  for (let i = 0; i < xs.length; i++) context.lineTo(x(xs[i]), y(ys[i]));
  context.lineTo(x(xs[xs.length - 1]), y(0));
  context.fillStyle = fillcolor;
  context.fill();
}

function paintLine(context, { x: xs, y: ys, line }, x, y) {
  let isOpen = false;
  context.beginPath();
  for (let i = 0; i < xs.length; i++) {
    const [left, top] = [x(xs[i]), y(ys[i])];
    const isPoint = Number.isFinite(left) && Number.isFinite(top);
    if (isPoint && isOpen) context.lineTo(left, top);
    else if (isPoint) context.moveTo(left, top);
    isOpen = isPoint;
  }
  stroke(context, line);
}

function stroke(context, { color, width = 2, dash = "solid" }) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.setLineDash((DASHES[dash] ?? []).map((length) => length * width));
  context.stroke();
}

function paintMarkers(context, { x: xs, y: ys, marker }, x, y) {
  const ratio = context.getTransform().a;
  const disc = sprite(marker, ratio);
  const side = disc.width / ratio;
  context.globalAlpha *= marker.opacity ?? 1;
  for (let i = 0; i < xs.length; i++) context.drawImage(disc, x(xs[i]) - side / 2, y(ys[i]) - side / 2, side, side);
}

/** The same words to the right of each point. */
function paintText(context, { x: xs, y: ys, text, textfont: { size, color } }, x, y) {
  context.font = `600 ${size}px sans-serif`;
  context.fillStyle = color;
  context.textBaseline = "middle";
  for (let i = 0; i < xs.length; i++) context.fillText(text, x(xs[i]) + 4, y(ys[i]));
}

const sprites = new Map();

/** One marker, drawn once: stamping a picture is several times faster than filling a thousand arcs. */
function sprite({ size, color, line = { width: 0 } }, ratio) {
  const key = [size, color, line.color, line.width, ratio].join();
  if (!sprites.has(key)) {
    const side = Math.ceil((size + line.width + 2) * ratio);
    const disc = new OffscreenCanvas(side, side);
    const context = disc.getContext("2d");
    context.arc(side / 2, side / 2, (size / 2) * ratio, 0, 2 * Math.PI);
    context.fillStyle = color;
    context.fill();
    if (line.width) stroke(context, { color: line.color, width: line.width * ratio });
    sprites.set(key, disc);
  }
  return sprites.get(key);
}

function paintBars(context, { x: xs, y: ys, width = 0.8, base = 0, marker }, x, y) {
  context.globalAlpha *= marker.opacity ?? 1;
  context.fillStyle = marker.color;
  for (let i = 0; i < xs.length; i++) {
    const [left, right] = [x(xs[i] - width / 2), x(xs[i] + width / 2)];
    const bottom = y(base);
    context.fillRect(left, bottom, right - left, y(base + ys[i]) - bottom);
  }
}
