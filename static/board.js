// Figures in a grid that are redrawn in place, and points on them that one can drag.

import { ARROWS, element, px, setText, topOf, whenResized } from "./dom.js";
import { Headings, LEGEND } from "./headings.js";
import { decode } from "./message.js";
import { scale } from "./painters.js";
import { FigureSet, plotlyLoaded } from "./plots.js";
import { Seen } from "./seen.js";
import { Timeline } from "./timeline.js";

const GAP = 12;
const MARGIN = 24;  // below the board, to the window's bottom
const EVERY = 70;  // milliseconds between two messages while something is dragged
const KEY_STEPS = 50;  // of an arrow key, across an axis
const TIMELINE = 34;
const CSS = `
.board { position: relative; font-variant-numeric: tabular-nums; }
.board > [role="img"] { position: absolute; inset: 0; }
.board .live-figure, .board .live-figure canvas { position: absolute; }
.board .live-figure canvas { inset: 0; width: 100%; height: 100%; }
.board .live-readout { position: absolute; padding: 2px 8px; border-radius: 4px; font-size: 13px; pointer-events: none;
  background: color-mix(in srgb, var(--st-background-color, #fff) 85%, transparent); }
.board-handle { position: absolute; z-index: 2; width: 20px; height: 20px; margin: -10px; padding: 0; box-sizing: border-box;
  border: 3px solid #fff; border-radius: 50%; box-shadow: 0 0 0 1.5px #31333f, 0 1px 4px #0006; cursor: grab; touch-action: none; }
.board-handle:active { cursor: grabbing; }
.board-handle:focus-visible { outline: 3px solid #d95f02; outline-offset: 3px; }
.board > .timeline { position: absolute; left: 0; right: 0; bottom: 0; height: ${TIMELINE}px; }
.board-banner { position: absolute; z-index: 3; top: 8px; left: 8px; right: 8px; padding: 10px 14px; border-radius: 8px;
  font-size: 15px; color: #fff; background: #b34700; }
`;

// As in live_view.js, pictures come through an element of their own, which may be replaced at any time.
const boards = new Map();
const newest = new Map();

/** Builds the board `key` under `parent`, once; `send` gets [name, x, y] of a point that is dragged. */
export function mount(parent, key, send) {
  const known = boards.get(key);
  if (known?.parent === parent) {
    known.send = send;
    return;
  }
  known?.close();
  boards.set(key, new Board(parent, send));
  if (newest.has(key)) boards.get(key).show(newest.get(key));
}

/** Shows figures, given as bytes, on the board that they name. */
export function show(bytes) {
  const message = decode(bytes);
  newest.set(message.key, message);
  boards.get(message.key)?.show(message);
}

/** Removes the board `key` from `parent`. */
export function unmount(parent, key) {
  if (boards.get(key)?.parent !== parent) return;
  boards.get(key).close();
  boards.delete(key);
  newest.delete(key);
}

/**
 * Besides figures and handles a message may hold `headings` and a `legend` as in headings.js, and a `timeline` as in timeline.js, whose
 * acts are sent as they are.
 */
class Board {
  figures = new FigureSet();
  handles = new Map();
  seen = new Seen();

  constructor(parent, send) {
    Object.assign(this, { parent, send });
    this.root = element(parent, "div", "board");
    element(this.root, "style").textContent = CSS;
    this.headings = new Headings(this.root);
    // Handles lie outside the picture, for a screen reader is silent about what lies inside role="img".
    this.picture = Object.assign(element(this.root, "div"), { role: "img" });
    this.banner = Object.assign(element(this.root, "div", "board-banner"), { role: "alert", hidden: true });
    this.rest = whenResized(this.root, () => this.refresh());
  }

  show(message) {
    this.message = message;
    if (message.timeline) this.seen.keep(message);
    this.refresh(this.seen.asked(this.timeline?.asked?.[0], message));
  }

  /** Shows at once what is asked for, where it was seen before, and asks the server. */
  act(kind, step, ...more) {
    const seen = kind === "look" && this.seen.again(step, this.message);
    if (seen) this.refresh(seen);
    this.send([kind, step, ...more]);
  }

  refresh = (shown = this.message) => {
    if (!shown) return;
    const { attributes, label, message, figures, handles, headings = [], legend = [], timeline } = shown;
    const { clientWidth: width } = this.root;
    if (!document.hidden && width > 0) {
      const height = this.height();
      this.root.style.height = `${height}px`;
      // a zoom would leave the handles and the fixed axes behind
      const still = figures.map((figure) => ({ ...figure, layout: { dragmode: false, ...figure.layout } }));
      const top = legend.length ? LEGEND : 0;
      const places = arrange(figures, width, height - top - (timeline ? TIMELINE : 0));
      for (const place of places.values()) place.top += top;
      this.headings.show(headings, legend, places);
      if (timeline) {
        this.timeline ??= new Timeline(this.root, (...act) => this.act(...act));
        this.timeline.show(timeline);
      }
      this.figures.show(this.picture, still, places);
      this.showHandles(handles);
      this.loading ??= plotlyLoaded().catch((error) => { this.failure = error.message; }).then(() => this.refresh());
    }
    const sentence = this.failure ?? message;
    setText(this.banner, sentence);
    this.banner.hidden = !sentence;
    this.picture.ariaLabel = label;
    for (const [name, value] of Object.entries(attributes)) this.picture.setAttribute(name, value);
  };

  /** Down to the window's bottom. */
  height() {
    const { least, below } = this.message;
    return Math.max(least, Math.round(innerHeight - topOf(this.root) - MARGIN - below));
  }

  showHandles(handles) {
    for (const [name, shown] of this.handles) {
      if (handles.some((each) => each.name === name && this.figures.has(each.figure))) continue;
      shown.node.remove();
      this.handles.delete(name);
    }
    for (const handle of handles) {
      if (!this.handles.has(handle.name)) this.handles.set(handle.name, new HandleNode(this));
      this.handles.get(handle.name).use(handle);
    }
  }

  close() {
    this.message = null;
    this.rest();
    this.figures.close();
    this.root.remove();
  }
}

/** A point that one drags, or moves by arrow keys. */
class HandleNode {
  heldUntil = 0;

  constructor(board) {
    this.board = board;
    this.node = Object.assign(element(board.root, "button", "board-handle"), { type: "button", role: "slider" });
    this.node.onpointerdown = (event) => this.grasp(event);
    this.node.onpointermove = (event) => this.drag(event);
    this.node.onpointerup = this.node.onpointercancel = () => this.release();
    this.node.onkeydown = (event) => this.step(event);
  }

  use(handle) {
    // what the server says of a moment ago must not pull the point from under the pointer
    const { x, y } = this.grasped || performance.now() < this.heldUntil ? this.handle : handle;
    this.handle = { ...handle, x, y };
    const { title, colour, along } = handle;
    this.node.title = title;
    this.node.ariaLabel = title;
    this.node.style.background = colour;
    this.node.dataset.handle = handle.name;
    this.node.ariaValueText = along === "xy" ? `${x.toFixed(2)}, ${y.toFixed(2)}` : (along === "x" ? x : y).toFixed(2);
    this.put();
  }

  /** Where its figure lies, and its axes. */
  get ground() {
    const figure = this.board.figures.get(this.handle.figure);
    const [xAxis, yAxis] = figure.axes({});
    return { ...figure.place, xAxis, yAxis };
  }

  put() {
    const { left, top, xAxis, yAxis } = this.ground;
    const { x, y } = this.handle;
    Object.assign(this.node.style, px({ left: left + scale(xAxis)(x), top: top + scale(yAxis, true)(y) }));
  }

  grasp(event) {
    this.node.setPointerCapture(event.pointerId);
    this.grasped = true;
  }

  drag({ clientX, clientY }) {
    if (!this.grasped) return;
    const { left, top, xAxis, yAxis } = this.ground;
    const root = this.board.root.getBoundingClientRect();
    this.move(
      within(xAxis, (clientX - root.left - left - xAxis._offset) / xAxis._length),
      within(yAxis, 1 - (clientY - root.top - top - yAxis._offset) / yAxis._length),
    );
  }

  release() {
    if (!this.grasped) return;
    this.grasped = false;
    this.send();
  }

  step(event) {
    const { xAxis, yAxis } = this.ground;
    const signs = ARROWS[event.key];
    if (!signs) return;
    event.preventDefault();
    const { x, y } = this.handle;
    this.move(within(xAxis, part(xAxis, x) + signs[0] / KEY_STEPS), within(yAxis, part(yAxis, y) + signs[1] / KEY_STEPS));
  }

  move(x, y) {
    const { along } = this.handle;
    if (along !== "y") this.handle.x = x;
    if (along !== "x") this.handle.y = y;
    this.put();
    this.waiting ??= setTimeout(() => this.send(), EVERY);
  }

  send() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.heldUntil = performance.now() + 400;
    // and once more when that is over, as the server may have moved it elsewhere than asked
    setTimeout(() => this.board.refresh(), 450);
    this.board.send([this.handle.name, this.handle.x, this.handle.y]);
  }
}

/** How far along an axis a value lies, from 0 to 1. */
function part({ range: [first, last], type }, value) {
  return ((type === "log" ? Math.log10(value) : value) - first) / (last - first);
}

/** The value so far along an axis, kept within it. */
function within({ range: [first, last], type }, portion) {
  const value = first + Math.min(1, Math.max(0, portion)) * (last - first);
  return type === "log" ? 10 ** value : value;
}

/** Where each figure goes: rows from the top, and in a row from the left by its column. */
function arrange(figures, width, height) {
  if (figures[0]?.meta.place) return placed(figures, width + GAP, height + GAP);
  const rows = Object.values(Object.groupBy(figures, ({ meta }) => meta.row ?? 0));
  const weights = rows.map((row) => Math.max(...row.map(({ meta }) => meta.weight ?? 1)));
  const places = new Map();
  let top = 0;
  rows.forEach((row, r) => {
    const tall = share(height - GAP * (rows.length - 1), weights, r);
    const wide = row.sort((a, b) => (a.meta.column ?? 0) - (b.meta.column ?? 0)).map(({ meta }) => meta.wide ?? 1);
    let left = 0;
    row.forEach(({ name }, i) => {
      const own = share(width - GAP * (row.length - 1), wide, i);
      places.set(name, { left, top, width: own, height: tall });
      left += own + GAP;
    });
    top += tall + GAP;
  });
  return places;
}

/** By the portions of the board that they ask for. */
function placed(figures, width, height) {
  const place = ([left, top, wide, tall]) => ({
    left: Math.round(left * width), top: Math.round(top * height),
    width: Math.round(wide * width) - GAP, height: Math.round(tall * height) - GAP,
  });
  return new Map(figures.map(({ name, meta }) => [name, place(meta.place)]));
}

function share(whole, weights, i) {
  return Math.round((whole * weights[i]) / weights.reduce((a, b) => a + b, 0));
}
