// One figure of the live view: Plotly for what seldom changes, a canvas behind it for the data.

import { element, px, setText } from "./dom.js";
import { PAINTERS, scale } from "./painters.js";

const PLOTLY_OPTIONS = {
  displayModeBar: false, responsive: false, showTips: false, scrollZoom: false, doubleClick: "reset",
};

const PLOTLY = new URL("plotly.min.js", import.meta.url).href;
let plotly = window.Plotly ? Promise.resolve() : null;  // a recording brings its own
if (!plotly) document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: PLOTLY }));

/** Loads Plotly when first asked. Running it takes a second: the first picture and its buttons go before. */
export function plotlyLoaded() {
  plotly ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: PLOTLY, onload: resolve });
    script.onerror = () => reject(new Error("The drawing library, plotly.min.js, could not be loaded."));
    setTimeout(() => requestIdleCallback(() => document.head.append(script), { timeout: 1000 }), 100);
  });
  return plotly;
}

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
export class PlotlyFigure extends Figure {
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

export class CanvasFigure extends Figure {
  constructor(board) {
    super(board);
    this.context = document.createElement("canvas").getContext("2d");
    this.root.prepend(this.context.canvas);
    this.readout = element(this.root, "div", "live-readout");
    this.root.addEventListener("pointermove", ({ clientX, clientY }) => {
      const { left, top } = this.root.getBoundingClientRect();
      this.pointer = [clientX - left, clientY - top].map((distance) => distance / this.zoom);
      this.read();
    });
    this.root.addEventListener("pointerleave", () => {
      this.pointer = null;
      this.read();
    });
  }

  /** How much larger it is seen than it is laid out: a talk's screen is scaled to the window. */
  get zoom() {
    return this.root.getBoundingClientRect().width / this.place.width || 1;
  }

  show(figure, place, font) {
    Object.assign(this, { figure, place });
    Object.assign(this.root.style, px(place));
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
    const ratio = window.devicePixelRatio * this.zoom;
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

/** The figures that lie on one element, by their names. */
export class FigureSet extends Map {
  /** Shows these in their `places`, and removes all others. */
  show(board, figures, places) {
    const font = fontOf(board);
    for (const [name, shown] of this) {
      if (places.has(name)) continue;
      shown.close();
      this.delete(name);
    }
    for (const figure of figures) {
      const Kind = figure.renderer === "plotly" ? PlotlyFigure : CanvasFigure;
      if (!this.has(figure.name)) this.set(figure.name, new Kind(board));
      this.get(figure.name).show(figure, places.get(figure.name), font);
    }
  }

  close() {
    for (const figure of this.values()) figure.close();
  }
}

/** The page's own letters, for words that Plotly writes. */
export function fontOf(node) {
  const style = getComputedStyle(node);
  return { family: style.fontFamily, color: style.getPropertyValue("--st-text-color") || "#31333f" };
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
  if (z && !meta.value_name) return "";
  if (z) {
    const cell = (at, count) => Math.min(Math.max(Math.round(at), 0), count - 1);
    const value = z[cell((y - y0) / dy, z.length)][cell((x - x0) / dx, z[0].length)];
    return `x ${x.toFixed(2)}, y ${y.toFixed(2)}: ${meta.value_name} ${readable(value)}`;
  }
  const isRead = ({ mode, hoverinfo, x: xs }) => mode === "lines" && hoverinfo !== "skip" && xs.length;
  const lines = data.filter((trace, i) => isRead(trace) && drawn[i].visible === true);
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
