// A stage and its panels, redrawn about ten times a second beside a training run.
// Plotly takes 15 to 120 ms for a picture, so it draws only what seldom changes (axes, legends, colour
// bars); the data goes on a canvas behind its transparent SVG, in about one.

import { PAINTERS, scale } from "./painters.js";

const GAP = 12;
const STATUS_HEIGHT = 48;
const STAGE_SHARE = 0.56;  // of the width; the panels have the rest
const STAGE_SIDES = [480, 960];
const SURFACE_HEIGHT = 480;
const STACKED_BELOW = 760;
const STACKED_ROW_HEIGHT = 220;
const PLOTLY_OPTIONS = {
  displayModeBar: false, responsive: false, showTips: false, scrollZoom: false, doubleClick: "reset",
};
const CSS = `
.live-view { position: relative; font-variant-numeric: tabular-nums; }
.live-status { display: flex; gap: 8px; height: ${STATUS_HEIGHT}px; overflow: auto hidden; scrollbar-width: none; }
.live-tile { flex: 1 0 96px; box-sizing: border-box; padding: 3px 10px; border-radius: 8px; overflow: hidden;
  white-space: nowrap; background: var(--st-secondary-background-color, #f0f2f6); }
.live-tile b { display: block; font-size: 18px; line-height: 24px; font-weight: 600; }
.live-tile span { display: block; font-size: 12.5px; line-height: 16px; opacity: 0.75; }
.live-board { position: relative; margin-top: ${GAP}px; }
.live-figure, .live-figure canvas { position: absolute; }
.live-figure canvas { inset: 0; width: 100%; height: 100%; }
.live-readout { position: absolute; padding: 2px 8px; border-radius: 4px; font-size: 13px; pointer-events: none;
  background: color-mix(in srgb, var(--st-background-color, #fff) 85%, transparent); }
.live-banner { position: absolute; z-index: 1; top: ${STATUS_HEIGHT + GAP}px; left: 0; box-sizing: border-box;
  padding: 10px 14px; border-radius: 8px; font-size: 15px; color: #fff; background: #b34700; }
`;

// A page has one view. Pictures come through an element of their own, which Streamlit may replace
// at any time when the browser is busy; the view's element it leaves alone.
let view = null;
let newest = null;

/** Builds the view under `parentElement`, once. */
export function mount(parentElement) {
  if (view?.parent === parentElement) return;
  view = new View(parentElement);
  if (newest) view.show(newest);
}

/** Shows a picture, given as bytes. */
export function show(bytes) {
  newest = decode(bytes);
  view?.show(newest);
}

/** Removes the view from `parentElement`. */
export function unmount(parentElement) {
  if (view?.parent !== parentElement) return;
  view.close();
  view = newest = null;
}

const PLOTLY = new URL("plotly.min.js", import.meta.url).href;
document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: PLOTLY }));
let plotly = null;

/** Loads Plotly when first asked. Running it takes a second: the first picture and its buttons go before. */
function plotlyLoaded() {
  plotly ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: PLOTLY, onload: resolve });
    script.onerror = () => reject(new Error("The drawing library, plotly.min.js, could not be loaded."));
    setTimeout(() => requestIdleCallback(() => document.head.append(script), { timeout: 1000 }), 100);
  });
  return plotly;
}

// ---- the message ----------------------------------------------------------------------------------

/** The header, with each figure's spec parsed and its arrays in place; throws before the page has changed. */
function decode(bytes) {
  try {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const { buffer } = bytes.slice(Math.ceil((4 + length) / 4) * 4);  // a copy, so that the arrays are aligned
    const figures = header.figures.map((figure) => {
      const text = JSON.stringify(figure.spec);  // before its arrays are put in
      const { data, layout } = figure.spec;
      for (const [key, description] of Object.entries(figure.arrays)) {
        const [trace, attribute] = key.split(".");
        data[trace][attribute] = readArray(buffer, description);
      }
      const isDrawable = ({ type, x, y, z }) => type in PAINTERS && (z || (x && y));
      if (figure.renderer === "canvas" && !data.every(isDrawable)) {
        throw new Error(`a trace of ${figure.name} lacks a painter or an array`);
      }
      return { ...figure, spec: text, data, layout, meta: layout.meta ?? {} };
    });
    return { ...header, figures };
  } catch (error) {
    throw new Error(`live view: malformed message (${error.message})`, { cause: error });
  }
}

/** A Float32Array, or a list of them, one a row, where the shape has two sides. */
function readArray(buffer, { type, shape, offset, scale = 1, bias = 0 }) {
  const Raw = { f4: Float32Array, u1: Uint8Array }[type];
  if (!Raw) throw new Error(`no array type ${type}`);
  const raw = new Raw(buffer, offset, shape.reduce((a, b) => a * b));
  const values = type === "f4" ? raw : Float32Array.from(raw, (level) => bias + scale * level);
  const [rows, columns] = shape;
  if (columns === undefined) return values;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * columns, (row + 1) * columns));
}

// ---- the view -------------------------------------------------------------------------------------

class View {
  figures = new Map();

  constructor(parent) {
    this.parent = parent;
    this.root = element(parent, "div", "live-view");
    element(this.root, "style").textContent = CSS;
    this.picture = Object.assign(element(this.root, "div"), { role: "img" });
    this.picture.dataset.testid = "live-view";
    this.status = element(this.picture, "div", "live-status");
    this.board = element(this.picture, "div", "live-board");
    // Outside the picture, for a screen reader is silent about what lies inside role="img".
    this.banner = Object.assign(element(this.root, "div", "live-banner"), { role: "alert", hidden: true });
    this.observer = new ResizeObserver(this.refresh);
    this.observer.observe(this.root);
    window.addEventListener("resize", this.refresh);
    document.addEventListener("visibilitychange", this.refresh);
  }

  show(newest) {
    this.newest = newest;
    this.refresh();
  }

  refresh = () => {
    if (!this.newest) return;
    const { attributes, label, message, status, figures } = this.newest;
    if (!document.hidden && this.root.clientWidth > 0) {
      this.measure(figures[0].layout.margin);
      const { places, height } = arrange(figures, this.width, this.stage);
      this.board.style.height = `${height}px`;
      this.showStatus(status);
      this.warn(this.failure ?? message);
      this.showFigures(figures, places);
      this.loading ??= plotlyLoaded().catch((error) => { this.failure = error.message; }).then(this.refresh);
    }
    this.picture.ariaLabel = label;
    for (const [name, value] of Object.entries(attributes)) this.picture.setAttribute(name, value);
  };

  /** The stage's size: a plot as large as the window allows without scrolling, kept until the window changes. */
  measure({ l, r, t, b }) {
    const { clientWidth: width } = this.root;
    if (width === this.width && innerHeight === this.windowHeight) return;
    Object.assign(this, { width, windowHeight: innerHeight });
    let { top } = this.root.getBoundingClientRect();
    for (let above = this.root.parentElement; above; above = above.parentElement) top += above.scrollTop;
    const [least, most] = STAGE_SIDES;
    const room = Math.min(STAGE_SHARE * width - l - r, innerHeight - top - STATUS_HEIGHT - 2 * GAP - t - b);
    const plot = Math.round(width < STACKED_BELOW ? width - l - r : Math.min(Math.max(least, room), most));
    const stage = { width: plot + l + r, height: plot + t + b };
    // A scroll bar that comes or goes must not resize the stage: that could bring it back, for ever.
    const isScrollBar = Math.abs(stage.width - this.stage?.width) < 16 && this.stage.width <= width;
    if (!isScrollBar) this.stage = stage;
  }

  showFigures(figures, places) {
    const style = getComputedStyle(this.root);
    const font = { family: style.fontFamily, color: style.getPropertyValue("--st-text-color") || "#31333f" };
    for (const [name, shown] of this.figures) {
      if (places.has(name)) continue;
      shown.close();
      this.figures.delete(name);
    }
    for (const figure of figures) {
      const Kind = figure.renderer === "plotly" ? PlotlyFigure : CanvasFigure;
      if (!this.figures.has(figure.name)) this.figures.set(figure.name, new Kind(this.board));
      this.figures.get(figure.name).show(figure, places.get(figure.name), font);
    }
  }

  showStatus(status) {
    while (this.status.children.length > status.length) this.status.lastChild.remove();
    status.forEach(([name, value, tooltip = ""], i) => {
      const tile = this.status.children[i] ?? element(this.status, "div", "live-tile");
      setText(tile.children[0] ?? element(tile, "b"), value);
      setText(tile.children[1] ?? element(tile, "span"), name);
      tile.title = tooltip;
    });
  }

  warn(sentence) {
    setText(this.banner, sentence);
    this.banner.hidden = !sentence;
    this.banner.style.width = `${this.stage.width}px`;
  }

  close() {
    this.newest = null;
    this.observer.disconnect();
    window.removeEventListener("resize", this.refresh);
    document.removeEventListener("visibilitychange", this.refresh);
    for (const figure of this.figures.values()) figure.close();
    this.root.remove();
  }
}

/** Where each figure goes: the stage left, the panels' rows beside it (below, if narrow), the surface last. */
function arrange([first, ...others], width, stage) {
  const isStacked = width < STACKED_BELOW;
  const surface = others.find(({ name }) => name === "surface");
  const panels = others.filter((figure) => figure !== surface);
  const rows = Object.values(Object.groupBy(panels, ({ meta }) => meta.row ?? 0));
  const weights = rows.map((row) => Math.max(...row.map(({ meta }) => meta.weight ?? 1)));
  const weight = weights.reduce((a, b) => a + b, 0);
  const left = isStacked ? 0 : stage.width + GAP;
  const tall = isStacked ? rows.length * STACKED_ROW_HEIGHT : stage.height - GAP * (rows.length - 1);
  const places = new Map([[first.name, { left: 0, top: 0, ...stage }]]);
  let top = isStacked ? stage.height + GAP : 0;
  rows.forEach((row, r) => {
    const height = Math.round((tall * weights[r]) / weight);
    const pitch = Math.floor((width - left + GAP) / row.length);
    row.sort((a, b) => a.meta.column - b.meta.column);
    row.forEach(({ name }, i) => places.set(name, { left: left + i * pitch, top, width: pitch - GAP, height }));
    top += height + GAP;
  });
  const bottom = Math.max(stage.height + GAP, top);
  if (!surface) return { places, height: bottom - GAP };
  places.set(surface.name, { left: 0, top: bottom, width, height: SURFACE_HEIGHT });
  return { places, height: bottom + SURFACE_HEIGHT };
}

// ---- the figures ----------------------------------------------------------------------------------

class Figure {
  constructor(board) {
    this.root = element(board, "div", "live-figure");
    this.plot = element(this.root, "div");
  }

  drawWithPlotly(data, layout, place, font) {
    Object.assign(this.root.style, px(place));
    const { width, height } = place;
    const plain = { width, height, paper_bgcolor: "transparent", plot_bgcolor: "transparent" };
    window.Plotly.react(this.plot, data, { ...layout, ...plain, font: { ...layout.font, ...font } }, PLOTLY_OPTIONS);
  }

  close() {
    window.Plotly?.purge(this.plot);
    this.root.remove();
  }
}

/** Drawn by Plotly alone: slow, so with long rests, yet the newest picture is never left out. */
class PlotlyFigure extends Figure {
  restUntil = 0;

  show(...newest) {
    this.newest = newest;
    this.timer ??= setTimeout(async () => {
      await plotlyLoaded();
      const [{ data, layout }, place, font] = this.newest;
      this.timer = null;
      const start = performance.now();
      // The uirevision does not save a turn still under way when Plotly redraws, so the camera is handed on.
      const camera = this.plot._fullLayout?.scene?._scene.getCamera();
      const turned = camera ? { scene: { ...layout.scene, camera } } : {};
      this.drawWithPlotly(data, { ...layout, ...turned }, place, font);
      const end = performance.now();
      this.restUntil = end + Math.max(1000, 6 * (end - start));
    }, this.restUntil - performance.now());
  }

  close() {
    clearTimeout(this.timer);
    super.close();
  }
}

class CanvasFigure extends Figure {
  constructor(board) {
    super(board);
    this.context = document.createElement("canvas").getContext("2d");
    this.root.prepend(this.context.canvas);
    this.readout = element(this.root, "div", "live-readout");
    this.root.addEventListener("pointermove", ({ clientX, clientY }) => {
      const { left, top } = this.root.getBoundingClientRect();
      this.pointer = [clientX - left, clientY - top];
      this.read();
    });
    this.root.addEventListener("pointerleave", () => {
      this.pointer = null;
      this.read();
    });
  }

  show(figure, place, font) {
    Object.assign(this, { figure, place });
    const backdrop = [figure.spec, ...Object.values(place), ...Object.values(font)].join();
    if (window.Plotly && backdrop !== this.backdrop) {
      const isFirst = this.backdrop === undefined;
      this.backdrop = backdrop;
      this.drawWithPlotly(figure.data.map(placeholder), { ...figure.layout, hovermode: false }, place, font);
      if (isFirst) for (const event of ["plotly_afterplot", "plotly_relayouting"]) this.plot.on(event, this.paint);
    }
    this.paint();
  }

  paint = () => {
    const { context, figure, place, plot } = this;
    const { canvas } = context;
    const ratio = window.devicePixelRatio;
    const [width, height] = [place.width, place.height].map((side) => Math.round(side * ratio));
    // Setting a canvas's size, even to what it is, takes new memory for it.
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.reset();
    context.scale(ratio, ratio);
    figure.data.forEach((trace, i) => {
      // What a click on the legend hid, only Plotly's own copy of the trace knows.
      if (plot._fullData && plot._fullData[i].visible !== true) return;
      const [xAxis, yAxis] = this.axes(trace);
      context.save();
      context.beginPath();
      context.rect(xAxis._offset, yAxis._offset, xAxis._length, yAxis._length);
      context.clip();
      context.globalAlpha = trace.opacity ?? 1;
      PAINTERS[trace.type](context, trace, scale(xAxis), scale(yAxis, true));
      context.restore();
    });
    this.read();
  };

  /** Plotly's axes, or until it is there what they will be. */
  axes({ xaxis = "x", yaxis = "y" }) {
    const names = [xaxis, yaxis].map((id) => id.replace(/^[xy]/, "$&axis"));
    if (this.plot._fullLayout) return names.map((name) => this.plot._fullLayout[name]);
    const { layout } = this.figure;
    const { l, r, t, b } = layout.margin;
    const [x, y] = names.map((name) => layout[name]);
    const { width, height } = this.place;
    return [{ ...x, _offset: l, _length: width - l - r }, { ...y, _offset: t, _length: height - t - b }];
  }

  /** Says what lies under the pointer. */
  read() {
    if (!this.plot._fullLayout) return;
    const [xAxis, yAxis] = this.axes({});
    const [x, y] = this.pointer ? [this.pointer[0] - xAxis._offset, this.pointer[1] - yAxis._offset] : [-1, -1];
    const isInside = x >= 0 && y >= 0 && x <= xAxis._length && y <= yAxis._length;
    const sentence = isInside ? describe(this.figure, this.plot._fullData, xAxis.p2d(x), yAxis.p2d(y)) : "";
    this.readout.hidden = !sentence;
    setText(this.readout, sentence);
    Object.assign(this.readout.style, px({ left: xAxis._offset + 6, top: yAxis._offset + 6 }));
  }
}

/** What Plotly gets in place of a trace: enough for the legend and the colour bar, but no data. */
function placeholder(trace) {
  const empty = { ...trace, x: [null], y: [null] };
  if (trace.type === "bar" || trace.type === "scatter") return empty;
  const { zmin, zmax, colorscale, colorbar, showlegend = false, showscale = true } = trace;
  const mode = trace.type === "contour" ? "lines" : "markers";
  const scaled = { color: [zmin], cmin: zmin, cmax: zmax, colorscale, colorbar, showscale };
  return { ...empty, type: "scatter", mode, showlegend, marker: mode === "markers" ? scaled : {} };
}

function describe({ data, meta }, drawn, x, y) {
  const [{ z, x0, dx, y0, dy }] = data;
  if (z) {
    const cell = (at, count) => Math.min(Math.max(Math.round(at), 0), count - 1);
    const value = z[cell((y - y0) / dy, z.length)][cell((x - x0) / dx, z[0].length)];
    return `x ${x.toFixed(2)}, y ${y.toFixed(2)}: ${meta.value_name} ${readable(value)}`;
  }
  const lines = data.filter(({ mode, x: xs }, i) => mode === "lines" && xs.length && drawn[i].visible === true);
  if (!lines.length) return "";
  const nearest = ({ x: xs }) => xs.reduce((best, at, i) => (Math.abs(at - x) < Math.abs(xs[best] - x) ? i : best), 0);
  const values = lines.map((line) => `${line.name} ${readable(line.y[nearest(line)])}`);
  return `${meta.x_name ?? "step"} ${readable(lines[0].x[nearest(lines[0])])}: ${values.join(", ")}`;
}

function readable(value) {
  if (value !== 0 && Math.abs(value) < 0.01) return value.toExponential(1);
  const digits = Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

// ---- small helpers ----------------------------------------------------------------------------------

function element(parent, tag, className = "") {
  const created = Object.assign(document.createElement(tag), { className });
  parent.append(created);
  return created;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function px(sizes) {
  return Object.fromEntries(Object.entries(sizes).map(([side, size]) => [side, `${size}px`]));
}
