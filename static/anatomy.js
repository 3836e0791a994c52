// The graph of a GAN: its parts with a small picture each, the paths between them, and what happens now.

import { EDGE, FOOT, HEAD, STRIP, asGraph, besideOne, line, marker } from "./anatomy_layout.js";
import { element, px, setText, topOf, whenResized } from "./dom.js";
import { decode } from "./message.js";
import { PAINTERS, scale } from "./painters.js";
import { CanvasFigure, fontOf, plotlyLoaded } from "./plots.js";

const MARGIN = 34;  // below it, to the window's bottom
const LABELLED = 48;  // pixels that a stage's name takes on the strip
const CSS = `
.anatomy { position: relative; min-width: 640px; font-variant-numeric: tabular-nums; }
.anatomy svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; }
.anatomy-part { position: absolute; display: block; box-sizing: border-box; padding: 0 ${EDGE}px; border: 2px solid; border-radius: 10px;
  font: inherit; color: inherit; text-align: left; background: var(--st-background-color, #fff); cursor: zoom-in; }
.anatomy-part b { display: block; font-size: 15px; line-height: ${HEAD}px; font-weight: 600; white-space: nowrap; overflow: hidden; }
.anatomy-part canvas { display: block; width: 100%; aspect-ratio: 1; border-radius: 4px; background: #fff; }
.anatomy-part span { display: flex; flex-wrap: wrap; align-content: start; column-gap: 8px; height: ${FOOT}px; font-size: 13.5px;
  line-height: 18px; overflow: hidden; padding-top: 2px; box-sizing: border-box; }
.anatomy-part i { font-style: normal; font-weight: 600; white-space: nowrap; }
.anatomy-part:hover { box-shadow: 0 0 0 3px #d95f0288; }
.anatomy-part:focus-visible { outline: 3px solid #d95f02; outline-offset: 2px; }
.anatomy-part.is-lit { box-shadow: 0 0 0 3.5px #d95f02, 0 0 18px #d95f0288; }
.anatomy-part.is-lit.is-back { box-shadow: 0 0 0 3.5px #e7298a, 0 0 18px #e7298a88; }
.anatomy-path { fill: none; stroke: #a9aab3; stroke-width: 2.5; }
.anatomy-path.is-back { stroke: #e7298a66; stroke-dasharray: 4 4; }
.anatomy-path.is-lit { stroke: #d95f02; stroke-width: 5; stroke-dasharray: 9 7; animation: anatomy-flow 0.7s linear infinite; }
.anatomy-path.is-back.is-lit { stroke: #e7298a; }
@keyframes anatomy-flow { from { stroke-dashoffset: 16; } to { stroke-dashoffset: 0; } }
.anatomy-part.is-small { padding: 0 4px 4px; }
.anatomy-part.is-small b { font-size: 13.5px; line-height: ${HEAD - 4}px; }
.anatomy-part.is-small span { display: none; }
.anatomy-part.is-open { background: var(--st-secondary-background-color, #f0f2f6); }
.anatomy .live-figure, .anatomy .live-figure canvas { position: absolute; }
.anatomy .live-figure canvas { inset: 0; width: 100%; height: 100%; }
.anatomy .live-readout { position: absolute; padding: 2px 8px; border-radius: 4px; font-size: 13px; pointer-events: none;
  background: color-mix(in srgb, var(--st-background-color, #fff) 85%, transparent); }
.anatomy-told { position: absolute; box-sizing: border-box; overflow: auto; font-size: clamp(14.5px, 0.95vw, 20px); line-height: 1.35; }
.anatomy-told small { display: block; font-size: max(13px, 0.94em); opacity: 0.8; }
.anatomy-told h4 { margin: 0; padding: 0; font-size: 1.4em; line-height: 1.4; font-weight: 600; }
.anatomy-told p { margin: 2px 0 8px; font-size: 1.03em; line-height: 1.35; }
.anatomy-told table { border-collapse: collapse; border: none; margin: 0; }
.anatomy-told td, .anatomy-told th { border: none; padding: 1px 1.1em 1px 0; text-align: left; font-size: max(13px, 0.97em); line-height: 1.35;
  white-space: nowrap; }
.anatomy-told th, .anatomy-told tr.is-last td { font-weight: 600; }
.anatomy.is-split .anatomy-told { font-size: clamp(13.6px, 0.9vw, 20px); }
.anatomy.is-split :is(td, th) { padding-right: 0.7em; }
.anatomy-strip { position: absolute; left: 0; right: 0; bottom: 0; height: ${STRIP}px; display: flex; gap: 12px; }
.anatomy-strip div { display: flex; gap: 2px; }
.anatomy-strip em { font-style: normal; font-size: 13.5px; font-weight: 600; line-height: ${STRIP}px; padding-right: 4px; white-space: nowrap; }
.anatomy-strip button { flex: 1 1 0; min-width: 0; padding: 0; border: none; border-radius: 5px; font: inherit; font-size: 13px; cursor: pointer;
  color: inherit; background: var(--st-secondary-background-color, #f0f2f6); overflow: hidden; white-space: nowrap; }
.anatomy-strip button.is-past { background: #d9dbe3; }
.anatomy-strip button.is-now { background: #b34700; color: #fff; font-weight: 600; }
.anatomy-strip button:hover { box-shadow: inset 0 0 0 2px #d95f02; }
.anatomy-strip.is-crowded, .anatomy-strip.is-crowded div { gap: 0; }
.anatomy-strip.is-crowded button { border-radius: 0; }
.anatomy-banner { position: absolute; z-index: 2; top: 0; left: 0; padding: 10px 14px; border-radius: 8px; font-size: 15px; color: #fff;
  background: #b34700; box-sizing: border-box; }
`;

// As in live_view.js, pictures come through an element of their own, which may be replaced at any time.
let graph = null;
let newest = null;

/** Builds the graph under `parent`, once; `send` gets what is clicked, ["part", name] or ["moment", number], and when. */
export function mount(parent, send) {
  if (graph?.parent === parent) {
    graph.send = send;
    return;
  }
  graph?.close();
  graph = new Graph(parent, send);
  if (newest) graph.show(newest);
}

/** Shows a message of `ganplay.ui.theory.anatomy_graph`, given as bytes. */
export function show(bytes) {
  newest = decode(bytes);
  graph?.show(newest);
}

/** Removes the graph from `parent`. */
export function unmount(parent) {
  if (graph?.parent !== parent) return;
  graph.close();
  graph = newest = null;
}

class Graph {
  parts = new Map();
  paths = new Map();

  constructor(parent, send) {
    Object.assign(this, { parent, send });
    this.root = element(parent, "div", "anatomy");
    this.root.dataset.testid = "live-view";
    this.root.setAttribute("role", "group");
    element(this.root, "style").textContent = CSS;
    this.svg = this.root.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    this.svg.setAttribute("aria-hidden", "true");
    for (const [id, colour] of [["plain", "#a9aab3"], ["back", "#f3a1cb"], ["plain-lit", "#d95f02"], ["back-lit", "#e7298a"]]) {
      this.svg.append(marker(id, colour));
    }
    this.told = element(this.root, "div", "anatomy-told");
    this.strip = element(this.root, "div", "anatomy-strip");
    this.banner = Object.assign(element(this.root, "div", "anatomy-banner"), { role: "alert", hidden: true });
    this.rest = whenResized(this.root, this.refresh);
  }

  show(message) {
    this.message = message;
    this.refresh();
  }

  refresh = () => {
    if (!this.message) return;
    const { attributes, label, message, open, parts, paths, told, strip, figures } = this.message;
    if (!document.hidden && this.root.clientWidth > 0) {
      this.root.classList.toggle("is-split", Boolean(open));
      this.measure(open);
      const pictures = new Map(figures.map((figure) => [figure.name, figure]));
      for (const part of parts) this.showPart(part, pictures.get(part.name));
      this.svg.style.display = open ? "none" : "";
      for (const path of open ? [] : paths) this.showPath(path);
      this.showOpen(pictures.get("enlarged"));
      this.showTold(told);
      this.showStrip(strip);
      const sentence = this.failure ?? message;
      setText(this.banner, sentence);
      this.banner.hidden = !sentence;
      // long before a part is enlarged, which needs it
      this.loading ??= plotlyLoaded().catch((error) => { this.failure = error.message; }).then(this.refresh);
    }
    this.root.ariaLabel = label;
    for (const [name, value] of Object.entries(attributes)) this.root.setAttribute(name, value);
  };

  /** Where everything goes, kept until the window changes or another part is enlarged. */
  measure(open) {
    const { clientWidth: width } = this.root;
    const asked = `${width} ${innerHeight} ${open}`;
    if (asked === this.asked) return;
    this.asked = asked;
    const room = innerHeight - topOf(this.root) - MARGIN;
    const { places, side, told, figure, height } = open ? besideOne(width, room) : asGraph(width, room);
    Object.assign(this, { places, side, place: figure });
    this.root.style.height = `${height}px`;
    Object.assign(this.told.style, px(told));
    this.banner.style.width = `${told.width}px`;
  }

  showPart({ name, title, short, colour, ink, caption, lit, back }, figure) {
    if (!this.parts.has(name)) {
      const node = Object.assign(element(this.root, "button", "anatomy-part"), { type: "button" });
      node.onclick = () => this.send(["part", name, performance.timeOrigin + performance.now()]);
      node.dataset.part = name;
      this.parts.set(name, node);
      for (const tag of ["b", "canvas", "span"]) element(node, tag);
    }
    const node = this.parts.get(name);
    const [head, canvas, foot] = node.children;
    const { open } = this.message;
    Object.assign(node.style, px(this.places[name]), { borderColor: colour });
    setText(head, open ? short : title);
    head.style.color = ink;
    const marks = { "is-lit": lit, "is-back": back, "is-small": Boolean(open), "is-open": open === name };
    for (const [mark, on] of Object.entries(marks)) node.classList.toggle(mark, on);
    node.ariaLabel = `${title}: ${caption.map(([text]) => text).join(", ")}. Enlarge and change.`;
    node.title = `${title}: click to enlarge it and to change what belongs to it.`;
    while (foot.children.length > caption.length) foot.lastChild.remove();
    caption.forEach(([text, colour], i) => {
      const piece = foot.children[i] ?? element(foot, "i");
      setText(piece, text);
      piece.style.color = colour;
    });
    paint(canvas, figure, this.side);
  }

  /** The part that is enlarged, with axes. */
  showOpen(figure) {
    if (!figure) {
      this.figure?.close();
      this.figure = null;
      return;
    }
    this.figure ??= new CanvasFigure(this.root);
    Object.assign(this.figure.root, { role: "img", ariaLabel: `${this.message.open}, enlarged` });
    this.figure.show({ ...figure, layout: { dragmode: false, ...figure.layout } }, this.place, fontOf(this.root));
  }

  showPath({ from, to, back, lit }) {
    const id = `${from}>${to}`;
    if (!this.paths.has(id)) {
      this.paths.set(id, this.svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path")));
    }
    const path = this.paths.get(id);
    const kind = back ? "back" : "plain";
    path.setAttribute("class", `anatomy-path${back ? " is-back" : ""}${lit ? " is-lit" : ""}`);
    path.setAttribute("marker-end", `url(#anatomy-${kind}${lit ? "-lit" : ""})`);
    path.setAttribute("d", line(this.places[from], this.places[to], back));
    path.dataset.path = id;
  }

  showTold({ head, title, sentence, rows, header, strong }) {
    const text = JSON.stringify([head, title, sentence, rows]);
    if (text === this.text) return;
    this.text = text;
    this.told.replaceChildren();
    setText(element(this.told, "small"), head);
    setText(element(this.told, "h4"), title);
    setText(element(this.told, "p"), sentence);
    const table = element(this.told, "table");
    rows.forEach((cells, n) => {
      const row = element(table, "tr", strong && n === rows.length - 1 ? "is-last" : "");
      for (const cell of cells) setText(element(row, header && n === 0 && cell ? "th" : "td"), cell);
    });
  }

  /** One button for each moment of the iteration, those of an update together. */
  showStrip({ groups, now }) {
    const layout = JSON.stringify([groups, this.asked]);
    if (layout !== this.layout) {
      this.layout = layout;
      this.strip.replaceChildren();
      const count = groups.reduce((sum, { stages }) => sum + stages.length, 0);
      const isCrowded = groups.length > 12;
      this.strip.classList.toggle("is-crowded", isCrowded);
      const isNamed = (this.root.clientWidth - 34 * groups.length) / count - 2 >= LABELLED;
      for (const { title, colour, stages } of groups) {
        const group = element(this.strip, "div");
        group.style.flex = `${stages.length} 1 0`;
        if (!isCrowded) setText(element(group, "em"), title);
        group.style.color = colour;
        for (const { number, name } of stages) {
          const button = Object.assign(element(group, "button"), { type: "button", title: `${title}: ${name}` });
          button.ariaLabel = `${title}: ${name}`;
          setText(button, isNamed ? name : "");
          button.onclick = () => this.send(["moment", number, performance.timeOrigin + performance.now()]);
        }
      }
    }
    this.strip.querySelectorAll("button").forEach((button, n) => {
      button.classList.toggle("is-now", n === now);
      button.classList.toggle("is-past", n < now);
    });
  }

  close() {
    this.message = null;
    this.figure?.close();
    this.rest();
    this.root.remove();
  }
}

/** A figure without its axes, on a square canvas. */
function paint(canvas, { data, layout }, side) {
  const pixels = Math.round(side * window.devicePixelRatio);
  if (canvas.width !== pixels) Object.assign(canvas, { width: pixels, height: pixels });
  const context = canvas.getContext("2d");
  context.reset();
  context.scale(window.devicePixelRatio, window.devicePixelRatio);
  const own = { _offset: 0, _length: side };
  const [x, y] = [scale({ ...layout.xaxis, ...own }), scale({ ...layout.yaxis, ...own }, true)];
  for (const trace of data) {
    context.save();
    context.globalAlpha = trace.opacity ?? 1;
    PAINTERS[trace.type](context, trace, x, y);
    context.restore();
  }
}
