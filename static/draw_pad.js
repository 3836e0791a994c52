// A square on which a visitor draws the data the generator has to learn, in [-1, 1] x [-1, 1].

import { ARROWS } from "./dom.js";

const SIZE = 320;  // of the pad, in pixels, as are the next two
const SPACING = 4;
const RADIUS = 2.5;
const DAB = 2;  // points each SPACING of the way
const CLICK = 12;
const JITTER = 0.04;
const GUIDE = 0.75;
const KEY_STEP = 0.05;  // of an arrow key
const CSS = `
.draw-pad { width: 100%; max-width: ${SIZE}px; }
.draw-pad canvas, .draw-pad button { border: 1px solid color-mix(in srgb, currentColor 30%, transparent); border-radius: 8px; }
.draw-pad canvas { display: block; box-sizing: border-box; width: 100%; aspect-ratio: 1; cursor: crosshair; touch-action: none; }
.draw-pad p { margin: 6px 0; font-size: 14px; }
.draw-pad button { margin-right: 8px; padding: 6px 12px; font: inherit; color: inherit; background: none; cursor: pointer; }
.draw-pad button:disabled { opacity: 0.4; cursor: default; }
`;

const pads = new WeakMap();

/** Shows the pad under `parentElement`, once; `send` gets the points, [[x, y], ...], when they are to be used. */
export function draw(parentElement, data, send) {
  if (!pads.has(parentElement)) pads.set(parentElement, new Pad(parentElement, data.points ?? []));
  pads.get(parentElement).update(data, send);
}

class Pad {
  last = [0, 0];

  constructor(parent, points) {
    this.points = [...points];
    const root = element(parent, "div", { className: "draw-pad" });
    element(root, "style", { textContent: CSS });
    const meaning = { role: "application", tabIndex: 0, ariaLabel: "Drawing pad: drag to scatter points" };
    this.canvas = element(root, "canvas", { width: 2 * SIZE, height: 2 * SIZE, ...meaning });
    this.canvas.title = "Drag to scatter points; or go there by arrow keys and press the space bar.";
    this.note = element(root, "p", { role: "status" });
    this.use = element(root, "button", { type: "button", textContent: "Use these points" });
    this.clear = element(root, "button", { type: "button", textContent: "Clear" });
    this.use.onclick = () => this.send(this.points);
    this.clear.onclick = () => {
      this.points = [];
      this.paint();
    };
    this.canvas.onpointerdown = (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.last = this.locate(event);
      this.dab(CLICK);
      this.paint();
    };
    this.canvas.onpointermove = (event) => {
      if (!this.canvas.hasPointerCapture(event.pointerId)) return;
      this.follow(this.locate(event));
      this.paint();
    };
    this.canvas.onkeydown = (event) => this.press(event);
    this.canvas.onfocus = this.canvas.onblur = () => this.paint();
  }

  /** Arrow keys move the place, which is shown while they can, and the space bar scatters points there. */
  press(event) {
    const way = ARROWS[event.key];
    if (!way && event.key !== " ") return;
    event.preventDefault();
    if (way) this.last = this.last.map((at, i) => Math.max(-1, Math.min(1, at + KEY_STEP * way[i])));
    else this.dab(CLICK);
    this.paint();
  }

  update({ color, limit }, send) {
    Object.assign(this, { color, limit, send });
    this.paint();
  }

  /** Where the pointer is, from -1 to 1 on either axis, y upwards. */
  locate({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [(2 * (clientX - left)) / width - 1, 1 - (2 * (clientY - top)) / height];
  }

  /** Dabs at equal distances on the way to [x, y], however fast the pointer went. */
  follow([x, y]) {
    const spacing = (2 * SPACING) / this.canvas.clientWidth;
    const [fromX, fromY] = this.last;
    const distance = Math.hypot(x - fromX, y - fromY);
    for (let gone = spacing; gone <= distance; gone += spacing) {
      const part = gone / distance;
      this.last = [fromX + part * (x - fromX), fromY + part * (y - fromY)];
      this.dab(DAB);
    }
  }

  dab(count) {
    const near = () => this.last.map((at) => Number(Math.max(-1, Math.min(1, at + JITTER * normal())).toFixed(3)));
    const room = Math.min(count, this.limit - this.points.length);
    for (let i = 0; i < room; i++) this.points.push(near());
  }

  paint() {
    const context = this.canvas.getContext("2d");
    context.reset();
    context.setTransform(SIZE, 0, 0, -SIZE, SIZE, SIZE);
    context.lineWidth = 2 / SIZE;
    context.strokeStyle = "rgba(128, 128, 128, 0.4)";
    for (const [x, y] of [[1, 0], [0, 1]]) {
      context.moveTo(-x, -y);
      context.lineTo(x, y);
    }
    context.moveTo(GUIDE, 0);
    context.arc(0, 0, GUIDE, 0, 2 * Math.PI);
    context.stroke();
    context.fillStyle = this.color;
    for (const [x, y] of this.points) {
      context.beginPath();
      context.arc(x, y, (2 * RADIUS) / SIZE, 0, 2 * Math.PI);
      context.fill();
    }
    if (this.canvas.matches(":focus-visible")) {
      context.beginPath();
      context.arc(...this.last, (4 * RADIUS) / SIZE, 0, 2 * Math.PI);
      context.strokeStyle = "#d95f02";
      context.lineWidth = 6 / SIZE;
      context.stroke();
    }
    const { points: { length }, limit } = this;
    this.note.textContent = length < limit ? `${length} of ${limit} points` : `That is all ${limit} points`;
    this.use.disabled = this.clear.disabled = length === 0;
  }
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

function element(parent, tag, properties) {
  const created = Object.assign(document.createElement(tag), properties);
  parent.append(created);
  return created;
}
