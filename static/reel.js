// Recordings, as `ganplay.export.reel_file` writes them: read from a file, and played on a screen.

import { element, setText } from "./dom.js";
import { assemble, split } from "./message.js";

const CSS = `
.reel-bar { display: flex; align-items: center; gap: 12px; height: 100%; font-size: 14px; color: inherit; }
.reel-bar button { flex: none; width: 78px; height: 28px; padding: 0; border: 1px solid #8888; border-radius: 6px; background: none;
  font: inherit; color: inherit; cursor: pointer; }
.reel-bar div { flex: 1; position: relative; }
.reel-bar input { display: block; width: 100%; height: 26px; margin: 0; accent-color: var(--accent, #7570b3); cursor: pointer; }
.reel-bar i { position: absolute; bottom: 0; width: 2px; height: 7px; background: #d95f02; pointer-events: none; }
.reel-bar output { flex: none; white-space: nowrap; font-variant-numeric: tabular-nums; }
`;
const THUMB = 16;  // pixels of the handle, whose middle doesn't reach the ends of the line
const STEP = 0.125;  // seconds that an arrow key goes on: about a picture

/** The recording at an address. */
export async function loadReel(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The recording could not be loaded (${answer.status}).`);
  return readReel(await answer.arrayBuffer());
}

/** The recording that a file holds: its header, and `message(n)`, what is shown in frame n. */
export async function readReel(file) {
  const inflated = new Blob([file]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { header, buffer } = split(new Uint8Array(await new Response(inflated).arrayBuffer()));
  return { ...header, message: (n) => assemble(header.frames[n], buffer) };
}

/** Plays a reel on a screen, from its beginning; its bar lies in `parent`. */
export class Player {
  second = 0;

  constructor(screen, reel, parent) {
    Object.assign(this, { screen, reel });
    this.starts = reel.scenes.map((_, number) => reel.frames.find(({ scene }) => scene === number).second);
    this.isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    this.plays = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.addBar(parent);
    this.show();
    this.timer = requestAnimationFrame(this.tick);
  }

  addBar(parent) {
    const { reel, starts } = this;
    this.root = Object.assign(element(parent, "div", "reel-bar"), { role: "group", ariaLabel: "recording" });
    element(this.root, "style").textContent = CSS;
    this.button = Object.assign(element(this.root, "button"), { type: "button", onclick: () => this.play(!this.plays) });
    const line = element(this.root, "div");
    const look = { type: "range", min: 0, max: reel.length, step: STEP, ariaLabel: "second of the recording" };
    this.slider = Object.assign(element(line, "input"), look);
    this.slider.oninput = () => this.go(+this.slider.value, false);
    starts.slice(1).forEach((start, i) => {
      const portion = start / reel.length;
      const mark = Object.assign(element(line, "i"), { title: reel.scenes[i + 1] });
      mark.style.left = `calc(${100 * portion}% + ${THUMB * (0.5 - portion)}px)`;
    });
    this.words = element(this.root, "output");
  }

  /** Does what one asks of a screen, and says whether a recording can. */
  act(kind) {
    const { starts, plays } = this;
    const number = starts.findLastIndex((start) => start <= this.second);
    if (kind === "toggle") this.play(!plays);
    else if (kind === "restart") this.go(starts[number], plays);
    else if (kind === "previous") this.go(starts[number - 1] ?? 0, plays);
    else if (kind === "next" || kind === "switch") this.go(starts[number + 1] ?? this.second, plays);
    else return false;
    return true;
  }

  /** Goes on from here, at the end from the beginning; or holds. */
  play(plays) {
    this.go(plays && this.second >= this.reel.length ? 0 : this.second, plays);
  }

  go(second, plays) {
    Object.assign(this, { second, plays });
    this.show();
  }

  tick = (now) => {
    const { length } = this.reel;
    const second = Math.min(this.second + (now - (this.last ?? now)) / 1000, length);
    this.last = now;
    if (this.plays) this.go(second, second < length);
    this.timer = requestAnimationFrame(this.tick);
  };

  show() {
    const { reel, second, plays, isDark } = this;
    const words = `${clock(second)} of ${clock(reel.length)}`;
    this.slider.value = second;
    this.slider.setAttribute("aria-valuetext", words);
    setText(this.words, words);
    setText(this.button, plays ? "❚❚ Hold" : "▶ Play");
    const at = reel.frames.findLastIndex((frame) => frame.second <= second);
    if (at === this.at && plays === this.didPlay) return;
    Object.assign(this, { at, didPlay: plays });
    const message = reel.message(at);
    const attributes = { ...message.attributes, "data-state": plays ? "running" : "paused", "data-frame": at };
    this.screen.show({ ...message, attributes, talk: { ...message.talk, dark: isDark } });
  }

  close() {
    cancelAnimationFrame(this.timer);
    this.root.remove();
  }
}

function clock(second) {
  const whole = Math.floor(second);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
