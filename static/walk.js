// A map of pictures to walk with the pointer: a large one shows what lies under it.

import { ARROWS, element, setText } from "./dom.js";
import { decode, paint } from "./sprites.js";

const CSS = `
.walk { display: grid; grid-template-columns: minmax(0, min(100vh - 240px, 65%)) minmax(0, 1fr); gap: 18px; align-items: start; }
.walk canvas { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 6px; background: #fff;
  box-sizing: border-box; border: 3px solid transparent; }
.walk-map { position: relative; margin: 2px; cursor: crosshair; touch-action: none; outline-offset: 3px; }
.walk-map canvas { border-width: 0; }
.walk-map i, .walk-map b, .walk-map u { position: absolute; transform: translate(-50%, -50%); pointer-events: none; box-sizing: border-box; }
.walk-map i { width: 18px; height: 18px; border: 3px solid #d95f02; border-radius: 50%; box-shadow: 0 0 0 1.5px #fff; }
.walk-map b { transform: translate(-50%, -150%); padding: 0 5px; border-radius: 4px; font-size: 13px; line-height: 18px; color: #fff; background: #b34700; }
.walk-map u { border: 2px dashed #000b; border-radius: 50%; left: 50%; top: 50%; box-shadow: 0 0 0 1px #fff8, inset 0 0 0 1px #fff8; }
.walk-axis { display: flex; white-space: pre; justify-content: space-between; font-size: 13px; line-height: 20px; font-variant-numeric: tabular-nums; }
.walk-side { max-width: 420px; }
.walk-side h4 { margin: 0; padding: 0 0 4px; font-size: 14px; line-height: 20px; font-weight: 600; }
.walk-side div { margin-top: 4px; font-size: 14px; line-height: 20px; white-space: pre-line; font-variant-numeric: tabular-nums; }
.walk-side p { margin: 8px 0 0; font-size: 12.5px; line-height: 18px; opacity: 0.75; }
`;

const walks = new WeakMap();

/**
 * Shows a message of `ganplay.ui.sheets` as a square map of `across` x `across` pictures over -`reach`..`reach` on both
 * `axes`, y upwards, and `badges` on it; the last picture is that of exactly `place`, which is shown while the pointer
 * is elsewhere. `send` gets another place that is clicked.
 */
export function draw(parent, bytes, send) {
  if (!walks.has(parent)) walks.set(parent, new Walk(parent));
  walks.get(parent).use(decode(bytes), send);
}

class Walk {
  constructor(parent) {
    element(parent, "style").textContent = CSS;
    const root = element(parent, "div", "walk");
    const left = element(root, "div");
    this.area = Object.assign(element(left, "div", "walk-map"), { tabIndex: 0 });
    this.map = element(this.area, "canvas");
    this.ring = element(this.area, "u");
    this.here = element(this.area, "i");
    const axis = element(left, "div", "walk-axis");
    this.ends = [0, 1, 2].map(() => element(axis, "span"));
    const side = element(root, "div", "walk-side");
    this.title = element(side, "h4");
    this.large = Object.assign(element(side, "canvas"), { role: "img" });
    this.words = element(side, "div");
    setText(element(side, "p"), "Move the pointer over the map. A click, or arrow keys and Enter, stays at a place.");
    this.area.onpointermove = (event) => this.look(...this.locate(event));
    this.area.onpointerleave = this.area.onblur = () => this.rest();
    this.area.onclick = (event) => this.choose(...this.locate(event));
    this.area.onkeydown = (event) => this.step(event);
  }

  use(message, send) {
    const { across, side, place, name, frame, reach, axes, badges, ring } = message;
    Object.assign(this, { message, send });
    Object.assign(this.map, { width: across * side, height: across * side });
    const stamp = document.createElement("canvas");
    for (let n = 0; n < across * across; n++) {
      paint(stamp, message, n);
      this.map.getContext("2d").drawImage(stamp, (n % across) * side, Math.floor(n / across) * side);
    }
    this.large.style.borderColor = frame || "transparent";
    this.map.style.outline = frame && `2px solid ${frame}`;  // a border would shift the places on it
    this.area.setAttribute("aria-label", name);
    this.area.setAttribute("role", "application");
    [`−${reach.toFixed(1)}`, `${axes[0]} →   ${axes[1]} ↑`, reach.toFixed(1)].forEach((words, i) => setText(this.ends[i], words));
    this.area.querySelectorAll("b").forEach((badge) => badge.remove());
    for (const [words, at] of Object.entries(badges)) {
      const badge = element(this.area, "b");
      setText(badge, words);
      this.put(badge, at);
    }
    const width = (100 * ring) / reach;
    Object.assign(this.ring.style, { width: `${width}%`, height: `${width}%`, display: ring ? "" : "none" });
    this.put(this.here, place);
    this.rest();
  }

  put({ style }, [x, y]) {
    const { reach } = this.message;
    Object.assign(style, { left: `${50 * (1 + x / reach)}%`, top: `${50 * (1 - y / reach)}%` });
  }

  /** Where the pointer is, from -reach to reach. */
  locate({ clientX, clientY }) {
    const { left, top, width, height } = this.map.getBoundingClientRect();
    const { reach } = this.message;
    const part = (value) => Math.min(1, Math.max(-1, value)) * reach;
    return [part((2 * (clientX - left)) / width - 1), part(1 - (2 * (clientY - top)) / height)];
  }

  /** Show the picture of the square of the map that a place lies in. */
  look(x, y) {
    const { across, reach } = this.message;
    const cell = (portion) => Math.min(across - 1, Math.max(0, Math.floor(((portion + 1) / 2) * across)));
    const column = cell(x / reach), row = cell(-y / reach);
    const middle = (n) => ((2 * n + 1) / across - 1) * reach;
    this.show(row * across + column, "Under the pointer", [middle(column), -middle(row)]);
    this.put(this.here, [x, y]);
    this.at = [x, y];
  }

  /** Show the place that is chosen. */
  rest() {
    const { across, place } = this.message;
    this.show(across * across, "The chosen place", place);
    this.put(this.here, place);
    this.at = place;
  }

  show(n, title, [x, y]) {
    const { axes, middle, usual } = this.message;
    const number = (value) => value.toFixed(2).replace("-", "−");
    paint(this.large, this.message, n);
    setText(this.title, title);
    this.large.ariaLabel = title;
    setText(this.words, `${axes[0]}: ${number(x)}\n${axes[1]}: ${number(y)}\n|z| = ${number(Math.hypot(middle, x, y))} (${usual})`);
  }

  choose(x, y) {
    this.look(x, y);
    this.send([x, y]);
  }

  /** Arrow keys walk a square at a time, and Enter chooses. */
  step(event) {
    const move = ARROWS[event.key];
    if (event.key === "Enter") this.choose(...this.at);
    if (!move) return;
    event.preventDefault();
    const { across, reach } = this.message;
    const kept = (value) => Math.min(reach, Math.max(-reach, value));
    this.look(...this.at.map((value, i) => kept(value + (2 * reach * move[i]) / across)));
  }
}
