// A line of a run's kept moments: to look back to any of them, and to go on from there.

import { element, setText } from "./dom.js";

const CSS = `
.timeline { display: flex; align-items: center; gap: 0.8em; height: 2.4em; font-size: 14px; color: inherit; }
.timeline-line { flex: 1; position: relative; min-width: 6em; }
.timeline-line input { display: block; width: 100%; height: 2em; margin: 0; accent-color: var(--accent, #7570b3); cursor: pointer; }
.timeline-line i { position: absolute; bottom: 0; width: 2px; height: 0.5em; background: #d95f02; pointer-events: none; }
.timeline output { min-width: 12.5em; white-space: nowrap; font-variant-numeric: tabular-nums; }
.timeline button, .timeline select { height: 2.1em; padding: 0 0.7em; border: 1px solid #8888; border-radius: 0.4em; font: inherit;
  color: inherit; background: none; cursor: pointer; }
.timeline select { max-width: 15em; background: var(--st-background-color, Canvas); }
.timeline button:disabled, .timeline select:disabled { opacity: 0.4; cursor: default; }
.timeline button.is-branch:enabled { color: #fff; background: #5a559b; border-color: #5a559b; }
`;
const REST = 60;  // milliseconds between two moments that are asked for while the slider is dragged
const THUMB = 16;  // pixels of the handle, whose middle doesn't reach the ends of the line

/**
 * Shows `{steps, at, keys, marks, whatifs}`: the iterations of the kept moments, the index of the one that is looked at (null
 * is now), those that can be gone on from, the changes of settings, and the titles of changes to go on with. Calls
 * `act("look", step or null)` and `act("branch", step, title or "")`. Without `keys` it only looks.
 */
export class Timeline {
  constructor(parent, act) {
    this.act = act;
    this.root = Object.assign(element(parent, "div", "timeline"), { role: "group" });
    this.root.setAttribute("aria-label", "timeline");
    element(this.root, "style").textContent = CSS;
    this.line = element(this.root, "div", "timeline-line");
    this.slider = Object.assign(element(this.line, "input"), { type: "range", min: 0 });
    this.slider.title = "The moments of this run that are kept: drag, or use the arrow keys, to look back.";
    this.slider.setAttribute("aria-label", "moment of the run");
    this.words = element(this.root, "output");
    this.now = this.button("Now", "Back to where the run is.", () => this.look(null));
    this.branch = this.button("Branch here", "Go on from this moment; what came after stays as a faint line.", () => this.go());
    this.branch.classList.add("is-branch");
    this.menu = element(this.root, "select");
    this.menu.title = "What to change when going on from this moment.";
    this.menu.setAttribute("aria-label", "branch with");
    this.slider.oninput = () => this.look(+this.slider.value);
  }

  button(text, title, onclick) {
    return Object.assign(element(this.root, "button"), { type: "button", textContent: text, title, onclick });
  }

  show(timeline) {
    const { steps, at, keys, marks, whatifs } = timeline;
    this.timeline = timeline;
    const last = steps.length - 1;
    this.slider.max = last;
    this.slider.disabled = last === 0;
    if (!this.asked) this.turn(at ?? last, at === null);
    const titles = JSON.stringify(whatifs);
    if (titles !== this.titles) {
      this.titles = titles;
      const chosen = this.menu.value;
      this.menu.replaceChildren(new Option("as it was", ""), ...whatifs.map((title) => new Option(`with ${title}`, title)));
      this.menu.value = whatifs.includes(chosen) ? chosen : "";
    }
    this.branch.hidden = keys.length === 0;
    this.menu.hidden = this.branch.hidden || whatifs.length === 0;
    const ticks = JSON.stringify([steps, marks]);
    if (ticks !== this.ticks) this.tick(ticks, steps, marks);
  }

  /** Has the slider and the words say which moment is seen. */
  turn(index, isNow) {
    const { steps, keys } = this.timeline;
    this.slider.value = index;
    const words = isNow ? `now, iteration ${said(steps.at(-1))}` : `iteration ${said(steps[index])} of ${said(steps.at(-1))}`;
    setText(this.words, words);
    this.slider.setAttribute("aria-valuetext", words);
    const key = keys.findLast((each) => each <= index) ?? 0;
    setText(this.branch, isNow || key === index ? "Branch here" : `Branch at ${said(steps[key])}`);
    for (const node of [this.now, this.branch, this.menu]) node.disabled = isNow;
  }

  tick(ticks, steps, marks) {
    this.ticks = ticks;
    this.line.querySelectorAll("i").forEach((mark) => mark.remove());
    for (const [step, words] of marks) {
      const after = steps.findIndex((each) => each >= step);
      if (after < 0) continue;
      const before = Math.max(after - 1, 0);
      const place = after - (after > before ? (steps[after] - step) / (steps[after] - steps[before]) : 0);
      const portion = place / Math.max(steps.length - 1, 1);
      const mark = Object.assign(element(this.line, "i"), { title: words });
      mark.style.left = `calc(${100 * portion}% + ${THUMB * (0.5 - portion)}px)`;
    }
  }

  /** Looks at a moment, and asks for its picture: at once, or after a rest the latest one asked for. */
  look(index) {
    const isNow = index === null || index === this.timeline.steps.length - 1;
    this.turn(isNow ? this.timeline.steps.length - 1 : index, isNow);
    this.asked = [isNow ? null : this.timeline.steps[index]];
    clearTimeout(this.settling);
    this.timer ??= setTimeout(() => this.ask(), Math.max(0, (this.restUntil ?? 0) - performance.now()));
  }

  ask() {
    this.timer = null;
    this.restUntil = performance.now() + REST;
    this.act("look", ...this.asked);
    // Pictures on their way still tell of the moment before.
    this.settling = setTimeout(() => { this.asked = null; }, 600);
  }

  go() {
    const { steps } = this.timeline;
    clearTimeout(this.timer);  // of what is asked for on the way there
    this.timer = this.asked = null;
    this.act("branch", steps[+this.slider.value], this.menu.value);
  }
}

function said(step) {
  return step.toLocaleString("en-GB");
}
