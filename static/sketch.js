// A square to draw on with a pen. What is drawn is sent after each stroke, as `ganplay.data.strokes` writes it.

import { ARROWS } from "./dom.js";

const CSS = `
.sketch canvas { display: block; box-sizing: border-box; width: 100%; aspect-ratio: 1; cursor: crosshair; touch-action: none;
  border: 2px solid #1b9e77; border-radius: 8px; background: #fff; }
.sketch button { margin: 6px 8px 0 0; padding: 4px 12px; font: inherit; font-size: 14px; color: inherit; background: none; cursor: pointer;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent); border-radius: 8px; }
.sketch button:disabled { opacity: 0.4; cursor: default; }
`;
const FINE = 2;  // pixels of the canvas for each of the page
const KEY_STEPS = 20;  // of an arrow key, across the pad

const pads = new WeakMap();

/**
 * Shows the pad under `parent`: `size` pixels wide at most, with the `strokes` of the message, in letters of `letters` and
 * at most `longest` of them; `send` gets them when they change.
 */
export function draw(parent, message, send) {
  if (!pads.has(parent)) pads.set(parent, new Pad(parent));
  pads.get(parent).use(message, send);
}

class Pad {
  strokes = [];
  written = new Set();  // texts that came from here: the page answers late, while one already draws on

  constructor(parent) {
    const root = element(parent, "div", { className: "sketch" });
    element(root, "style", { textContent: CSS });
    const meaning = { role: "application", tabIndex: 0, ariaLabel: "Drawing pad: draw with the pointer" };
    this.canvas = element(root, "canvas", meaning);
    this.canvas.title = "Draw with the pointer; or let the pen down and up by the space bar, and move it by arrow keys.";
    this.back = element(root, "button", { type: "button", textContent: "Undo" });
    this.clear = element(root, "button", { type: "button", textContent: "Clear" });
    this.root = root;
    this.back.onclick = () => this.change(this.strokes.slice(0, -1));
    this.clear.onclick = () => this.change([]);
    this.canvas.onpointerdown = (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.begin(this.locate(event));
    };
    this.canvas.onpointermove = (event) => this.go(this.locate(event));
    this.canvas.onpointerup = this.canvas.onpointercancel = () => this.end();
    this.canvas.onkeydown = (event) => this.press(event);
    this.canvas.onfocus = () => this.paint();
    this.canvas.onblur = () => {
      this.end();
      this.paint();
    };
  }

  use({ size, strokes, pen, ink, letters, longest }, send) {
    Object.assign(this, { pen, ink, letters, longest, send });
    this.at ??= [letters.length >> 1, letters.length >> 1];
    this.root.style.maxWidth = `${size}px`;
    if (this.canvas.width !== FINE * size) Object.assign(this.canvas, { width: FINE * size, height: FINE * size });
    if (!this.written.has(strokes)) {
      this.written = new Set([strokes]);
      this.strokes = this.decode(strokes);
    }
    this.paint();
  }

  /** Whether another point would make the text too long. */
  get full() {
    return this.encode(this.strokes).length + 3 > this.longest;
  }

  begin(place) {
    if (this.full) return;
    this.strokes.push([place]);
    this.draws = true;
    this.paint();
  }

  go([x, y]) {
    if (!this.draws || this.full) return;
    const stroke = this.strokes.at(-1);
    const [lastX, lastY] = stroke.at(-1);
    if (Math.hypot(x - lastX, y - lastY) < 2) return;
    stroke.push([x, y]);
    this.paint();
  }

  end() {
    if (!this.draws) return;
    this.draws = false;
    this.change(this.strokes);
  }

  /** The space bar lets the pen down and up, and arrow keys move it. */
  press(event) {
    const way = ARROWS[event.key];
    if (!way && event.key !== " ") return;
    event.preventDefault();
    if (way) {
      const most = this.letters.length - 1;
      const step = Math.round(most / KEY_STEPS);
      this.at = [this.at[0] + step * way[0], this.at[1] - step * way[1]].map((at) => Math.min(most, Math.max(0, at)));
      this.go(this.at);
    } else if (this.draws) this.end();
    else this.begin(this.at);
    this.paint();
  }

  change(strokes) {
    this.strokes = strokes;
    const text = this.encode(strokes);
    this.written.add(text);
    this.paint();
    this.send(text);
  }

  /** Where the pointer is, by the numbers of letters. */
  locate({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const most = this.letters.length - 1;
    const at = (part) => Math.round(Math.min(1, Math.max(0, part)) * most);
    return [at((clientX - left) / width), at((clientY - top) / height)];
  }

  encode(strokes) {
    return strokes.map((stroke) => stroke.flat().map((at) => this.letters[at]).join("")).join(".");
  }

  decode(text) {
    const pairs = (part) => part.match(/../g).map((pair) => [...pair].map((letter) => this.letters.indexOf(letter)));
    return text ? text.split(".").map(pairs) : [];
  }

  paint() {
    const context = this.canvas.getContext("2d");
    const { width } = this.canvas;
    const scale = width / (this.letters.length - 1);
    context.reset();
    Object.assign(context, { strokeStyle: this.ink, lineWidth: this.pen * width, lineCap: "round", lineJoin: "round" });
    for (const stroke of this.strokes) {
      context.beginPath();
      const points = stroke.map(([x, y]) => [x * scale, y * scale]);
      const [[startX, startY]] = points;
      context.moveTo(startX, startY);
      context.lineTo(startX + 0.01, startY);  // of no length a dot would not be drawn
      points.forEach(([x, y], i) => {  // round the corners: through the middle between two points
        const [nextX, nextY] = points[i + 1] ?? [x, y];
        context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
      });
      context.stroke();
    }
    if (this.canvas.matches(":focus-visible")) {
      context.beginPath();
      context.arc(...this.at.map((at) => at * scale), 6 * FINE, 0, 2 * Math.PI);
      Object.assign(context, { strokeStyle: "#d95f02", lineWidth: (this.draws ? 4 : 2) * FINE });
      context.stroke();
    }
    this.back.disabled = this.clear.disabled = this.strokes.length === 0;
  }
}

function element(parent, tag, properties) {
  const created = Object.assign(document.createElement(tag), properties);
  parent.append(created);
  return created;
}
