// A stage and its panels, redrawn about ten times a second beside a training run.
// Plotly takes 15 to 120 ms for a picture, so it draws only what seldom changes (axes, legends, colour
// bars); the data goes on a canvas behind its transparent SVG, in about one.

import { element, px, setText, topOf, whenResized } from "./dom.js";
import { decode } from "./message.js";
import { FigureSet, plotlyLoaded } from "./plots.js";
import { Seen } from "./seen.js";
import { Timeline } from "./timeline.js";

const GAP = 12;
const STATUS_GAP = 6;
const STATUS_HEIGHT = 46;
const TIMELINE_HEIGHT = 34;
const STAGE_SHARE = 0.56;  // of the width; the panels have the rest
const STAGE_SIDES = [480, 960];
const SURFACE_HEIGHT = 480;
const STACKED_BELOW = 760;
const STACKED_ROW_HEIGHT = 220;
const READING_HEIGHT = 46;  // kept free when there is nothing to say, so that nothing jumps
const CSS = `
.live-view { position: relative; margin-bottom: -1rem; font-variant-numeric: tabular-nums; }
.live-status { display: flex; gap: 8px; height: ${STATUS_HEIGHT}px; overflow: auto hidden; scrollbar-width: none; }
.live-tile { flex: 1 0 96px; box-sizing: border-box; padding: 3px 10px; border-radius: 8px; overflow: hidden;
  white-space: nowrap; background: var(--st-secondary-background-color, #f0f2f6); }
.live-tile b { font-size: 18px; line-height: 24px; font-weight: 600; }
.live-tile i { margin-left: 6px; font-size: 13px; font-style: normal; opacity: 0.75; }
.live-tile span { display: block; font-size: 12.5px; line-height: 16px; opacity: 0.75; }
.live-board { position: relative; margin-top: ${STATUS_GAP}px; }
.live-figure, .live-figure canvas { position: absolute; }
.live-figure canvas { inset: 0; width: 100%; height: 100%; }
.live-readout { position: absolute; padding: 2px 8px; border-radius: 4px; font-size: 13px; pointer-events: none;
  background: color-mix(in srgb, var(--st-background-color, #fff) 85%, transparent); }
.live-reading { position: absolute; box-sizing: border-box; height: ${READING_HEIGHT}px; right: 0; font-size: 14px;
  line-height: 20px; padding: 0 10px; border-left: 3px solid #d95f02; overflow: hidden; }
.live-reading:empty { border: none; }
.live-banner { position: absolute; z-index: 1; top: ${STATUS_HEIGHT + STATUS_GAP}px; left: 0; box-sizing: border-box;
  padding: 10px 14px; border-radius: 8px; font-size: 15px; color: #fff; background: #b34700; }
`;

// A page has one view. Pictures come through an element of their own, which Streamlit may replace
// at any time when the browser is busy; the view's element it leaves alone.
let view = null;
let newest = null;

/** Builds the view under `parentElement`, once; `send` tells the server what is done on the timeline. */
export function mount(parentElement, send) {
  if (view?.parent === parentElement) return;
  view = new View(parentElement, send);
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

// ---- the view -------------------------------------------------------------------------------------

class View {
  figures = new FigureSet();
  seen = new Seen();

  constructor(parent, send) {
    this.parent = parent;
    this.root = element(parent, "div", "live-view");
    element(this.root, "style").textContent = CSS;
    this.picture = Object.assign(element(this.root, "div"), { role: "img" });
    this.picture.dataset.testid = "live-view";
    this.status = element(this.picture, "div", "live-status");
    this.board = element(this.picture, "div", "live-board");
    this.reading = element(this.board, "div", "live-reading");
    // Outside the picture, for a screen reader is silent about what lies inside role="img".
    this.timeline = new Timeline(this.root, (...what) => this.act(send, ...what));
    this.banner = Object.assign(element(this.root, "div", "live-banner"), { role: "alert", hidden: true });
    this.rest = whenResized(this.root, () => this.refresh());
  }

  show(newest) {
    this.newest = newest;
    this.seen.keep(newest);
    this.refresh(this.seen.asked(this.timeline.asked?.[0], newest));
  }

  /** Shows at once what is asked for, where it was seen before, and asks the server. */
  act(send, kind, step, ...more) {
    const seen = kind === "look" && this.seen.again(step, this.newest);
    if (seen) this.refresh(seen);
    send([kind, step, ...more]);
  }

  refresh = (shown = this.newest) => {
    if (!shown) return;
    const { attributes, label, message, status, reading, figures, timeline } = shown;
    if (!document.hidden && this.root.clientWidth > 0) {
      this.measure(figures[0].layout.margin);
      const { places, height } = arrange(figures, this.width, this.stage);
      this.board.style.height = `${height}px`;
      this.showStatus(status);
      this.showReading(reading);
      this.warn(this.failure ?? message);
      this.timeline.show(timeline);
      this.figures.show(this.board, figures, places);
      this.loading ??= plotlyLoaded().catch((error) => { this.failure = error.message; }).then(() => this.refresh());
    }
    this.picture.ariaLabel = label;
    for (const [name, value] of Object.entries(attributes)) this.picture.setAttribute(name, value);
  };

  /** The stage's size: a plot as large as the window allows without scrolling, kept until the window changes. */
  measure({ l, r, t, b }) {
    const { clientWidth: width } = this.root;
    if (width === this.width && innerHeight === this.windowHeight) return;
    Object.assign(this, { width, windowHeight: innerHeight });
    const top = topOf(this.root);
    const [least, most] = STAGE_SIDES;
    const room = Math.min(STAGE_SHARE * width - l - r, innerHeight - top - STATUS_HEIGHT - STATUS_GAP - TIMELINE_HEIGHT - GAP - t - b);
    const plot = Math.round(width < STACKED_BELOW ? width - l - r : Math.min(Math.max(least, room), most));
    const stage = { width: plot + l + r, height: plot + t + b };
    // A scroll bar that comes or goes must not resize the stage: that could bring it back, for ever.
    const isScrollBar = Math.abs(stage.width - this.stage?.width) < 16 && this.stage.width <= width;
    if (!isScrollBar) this.stage = stage;
  }

  showStatus(status) {
    while (this.status.children.length > status.length) this.status.lastChild.remove();
    status.forEach(([name, value, perfect, tooltip], i) => {
      const tile = this.status.children[i] ?? element(this.status, "div", "live-tile");
      setText(tile.children[0] ?? element(tile, "b"), value);
      setText(tile.children[1] ?? element(tile, "i"), perfect);
      setText(tile.children[2] ?? element(tile, "span"), name);
      tile.title = tooltip;
    });
  }

  showReading(reading) {
    const [sentence, source] = reading ?? ["", ""];
    setText(this.reading, sentence);
    this.reading.title = source;
    const isStacked = this.width < STACKED_BELOW;
    Object.assign(this.reading.style, isStacked
      ? px({ left: 0, top: this.stage.height + GAP })
      : px({ left: this.stage.width + GAP, top: 0 }));
  }

  warn(sentence) {
    setText(this.banner, sentence);
    this.banner.hidden = !sentence;
    this.banner.style.width = `${this.stage.width}px`;
  }

  close() {
    this.newest = null;
    this.rest();
    this.figures.close();
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
  const tall = isStacked
    ? rows.length * STACKED_ROW_HEIGHT
    : stage.height - READING_HEIGHT - GAP * (rows.length - 1);
  const places = new Map([[first.name, { left: 0, top: 0, ...stage }]]);
  let top = READING_HEIGHT + (isStacked ? stage.height + GAP : 0);
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
