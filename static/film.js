// Loops of pictures side by side, with a time line: held and let go by a click or the space bar.

import { element, setText } from "./dom.js";
import { decode, paint } from "./sprites.js";

const CSS = `
.film { max-width: 100%; }
.film-lanes { display: grid; gap: 12px; justify-content: start; cursor: pointer; }
.film-lanes figure { margin: 0; min-width: 0; }
.film-lanes canvas { display: block; box-sizing: border-box; width: 100%; aspect-ratio: 1; border-radius: 6px;
  image-rendering: pixelated; background: #fff; border: 3px solid transparent; }
.film-lanes figcaption { font-size: 14px; line-height: 22px; font-weight: 600; }
.film-time { display: flex; gap: 10px; align-items: flex-start; margin-top: 4px; }
.film-time button { flex: none; width: 76px; height: 32px; padding: 0; border: 1px solid #8884; border-radius: 6px; background: none;
  font: inherit; font-size: 14px; color: inherit; cursor: pointer; }
.film-time div { flex: 1; position: relative; height: 44px; }
.film-time input { width: 100%; height: 24px; margin: 4px 0 0; accent-color: #7570b3; cursor: pointer; }
.film-time b { position: absolute; top: 26px; transform: translateX(-50%); font-size: 13px; line-height: 16px; font-weight: 600; }
.film p { margin: 0; font-size: 12.5px; line-height: 18px; opacity: 0.75; }
`;
const THUMB = 16;  // pixels of the handle, whose middle doesn't reach the ends of the line

const films = new WeakMap();

/**
 * Plays a message of `ganplay.ui.sheets`: equally many pictures for each of `lanes`, one after the other, at `rate`
 * a second; each lane is `size` pixels wide at most, `frames` are colours and `marks` words at some pictures.
 */
export function draw(parent, bytes) {
  if (!films.has(parent)) films.set(parent, new Film(parent));
  films.get(parent).use(decode(bytes));
}

/** Ends the film under `parent`. */
export function remove(parent) {
  films.get(parent)?.end();
  films.delete(parent);
}

class Film {
  at = 0;
  plays = !matchMedia("(prefers-reduced-motion: reduce)").matches;

  constructor(parent) {
    element(parent, "style").textContent = CSS;
    this.root = Object.assign(element(parent, "div", "film"), { tabIndex: 0 });
    this.lanes = element(this.root, "div", "film-lanes");
    const time = element(this.root, "div", "film-time");
    this.button = element(time, "button");
    this.line = element(time, "div");
    this.slider = Object.assign(element(this.line, "input"), { type: "range", min: 0 });
    this.slider.setAttribute("aria-label", "picture");
    setText(element(this.root, "p"), "Click or space: hold and go on. Arrow keys: one picture.");
    this.button.onclick = this.lanes.onclick = () => this.play(!this.plays);
    this.slider.oninput = () => this.hold(+this.slider.value);
    this.root.onkeydown = (event) => this.press(event);
  }

  use(message) {
    const { lanes, size, frames, marks, name, count, rate } = message;
    this.message = message;
    this.length = count / lanes.length;
    this.root.setAttribute("aria-label", name);
    this.root.setAttribute("role", "group");
    this.lanes.style.gridTemplateColumns = `repeat(${lanes.length}, minmax(0, ${size}px))`;
    this.line.parentElement.style.maxWidth = `${lanes.length * (size + 12) - 12}px`;
    while (this.lanes.children.length > lanes.length) this.lanes.lastChild.remove();
    lanes.forEach((words, i) => {
      const lane = this.lanes.children[i] ?? newLane(this.lanes);
      lane.firstChild.style.borderColor = frames[i] || "transparent";
      setText(lane.lastChild, words);
      lane.firstChild.ariaLabel = `${name}: ${words}`;
    });
    this.slider.max = this.length - 1;
    this.line.querySelectorAll("b").forEach((mark) => mark.remove());
    for (const [n, words] of Object.entries(marks)) {
      const portion = n / (this.length - 1);
      const mark = element(this.line, "b");
      setText(mark, words);
      mark.style.left = `calc(${100 * portion}% + ${THUMB * (0.5 - portion)}px)`;
    }
    clearInterval(this.timer);
    this.timer = setInterval(() => this.turn(), 1000 / rate);
    this.show(this.at % this.length);
    this.play(this.plays);
  }

  turn() {
    if (this.plays && !document.hidden) this.show((this.at + 1) % this.length);
  }

  show(at) {
    this.at = at;
    [...this.lanes.children].forEach((lane, i) => paint(lane.firstChild, this.message, i * this.length + at));
    this.slider.value = at;
  }

  play(plays) {
    this.plays = plays;
    setText(this.button, plays ? "❚❚ Hold" : "▶ Play");
  }

  hold(at) {
    this.play(false);
    this.show((at + this.length) % this.length);
  }

  press(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) this.hold(this.at + step);
    else if (event.key === " ") this.play(!this.plays);
    else return;
    event.preventDefault();
  }

  end() {
    clearInterval(this.timer);
  }
}

function newLane(lanes) {
  const lane = element(lanes, "figure");
  element(lane, "canvas").role = "img";
  element(lane, "figcaption");
  return lane;
}
