// A talk's screen: one picture of a run, full-bleed in 16:9, in type that the last row reads.
//
// It shows messages as static/message.js decodes them, with `figures` (the stage, then the evidence), `attributes`, `label`,
// `message`, `timeline` (without which it is a recording's) and what ganplay/showing/talk.py puts under `talk`: {title, scene, number, count, caption, numbers: [[name, value,
// beside]], switch, previous, next, notes, inks: {colour: dark colour}} and perhaps {what_if, problem, dark, qr: {svg, address,
// note}}. What is done goes to `act(kind, ...values)`: "toggle", "next", "previous", "restart", "switch", "leave", "recording",
// "dark" (on), "look" (step or null), "branch" (step, title).

import { element, px, setText, whenResized } from "./dom.js";
import { inked } from "./inks.js";
import { FigureSet, plotlyLoaded } from "./plots.js";
import { Buttons, Keyboard, NotesWindow, helpOf, notesOf, qrOf } from "./screen_parts.js";
import { CSS } from "./screen_style.js";
import { Timeline } from "./timeline.js";

// All is laid out on a page of this size, whose smallest type is 13 px, and then scaled to the window: to 24 px at 1920 x 1080.
const [WIDTH, HEIGHT] = [1040, 585];
const [EDGE, GAP, FOOT, LINE] = [14, 18, 34, 40];  // LINE is the height of the timeline's row
const SAID = 6000;  // milliseconds for which a sentence stands

const STATES = {
  idle: "ready: press Space to run", running: "running", paused: "paused", diverged: "diverged", error: "stopped",
};

export class Screen {
  figures = new FigureSet();
  panel = null;  // the one that is open: "help", "notes" or "qr"
  hasLine = false;

  /** `without` are keys that do nothing here, nor have a button. */
  constructor(parent, act, without = []) {
    Object.assign(this, { act, without });
    this.root = element(parent, "div", "screen");
    element(this.root, "style").textContent = CSS;
    this.page = element(this.root, "div", "screen-page");
    Object.assign(this.page.style, px({ width: WIDTH, height: HEIGHT }));
    this.words = element(this.page, "div", "screen-words");
    this.title = element(this.words, "div", "screen-title");
    this.scene = Object.assign(element(this.words, "h1"), { ariaLive: "polite" });
    this.whatIf = element(this.words, "div", "screen-what-if");
    this.caption = element(this.words, "p");
    this.numbers = element(this.words, "div", "screen-numbers");
    this.evidence = element(this.words, "div", "screen-evidence");
    this.hint = element(this.words, "div", "screen-hint");
    this.picture = Object.assign(element(this.page, "div", "screen-picture"), { role: "img" });
    this.picture.dataset.testid = "live-view";
    this.banner = Object.assign(element(this.page, "div", "screen-banner"), { role: "alert", hidden: true });
    this.line = element(this.page, "div", "screen-line");
    this.timeline = new Timeline(this.line, (...what) => this.act(...what));
    this.foot = element(this.page, "div", "screen-foot");
    Object.assign(this.foot.style, px({ height: FOOT }));
    this.dots = Object.assign(element(this.foot, "span", "screen-dots"), { role: "img" });
    this.state = element(this.foot, "span");
    this.buttons = new Buttons(this.foot, this);
    this.card = Object.assign(element(this.page, "div", "screen-card"), { hidden: true });
    this.card.setAttribute("role", "dialog");
    this.sentence = Object.assign(element(this.page, "div", "screen-sentence"), { role: "status", hidden: true });
    this.second = new NotesWindow();
    this.keyboard = new Keyboard(this);
    this.rest = whenResized(this.root, this.refresh);
  }

  show(message) {
    const { talk, timeline } = message;
    this.message = message;
    this.isDark ??= Boolean(talk.dark);
    if (talk.problem && talk.problem !== this.problem) this.say(talk.problem);
    this.problem = talk.problem;
    this.second.show(talk);
    this.timeline.root.hidden = !timeline;
    if (timeline) this.timeline.show(timeline);
    this.refresh();
  }

  refresh = () => {
    if (!this.message) return;
    const { attributes, label, message, figures, talk } = this.message;
    if (!document.hidden && this.root.clientWidth > 0) {
      this.fit();
      this.showWords(talk);
      this.showPanel();
      setText(this.banner, this.failure ?? message);
      this.banner.hidden = !this.banner.textContent;
      this.line.hidden = !this.hasLine;
      const paper = this.isDark ? talk.inks["#ffffff"] : "#ffffff";
      const drawn = figures.map((figure) => inked(figure, this.isDark ? talk.inks : {}, paper));
      this.figures.show(this.picture, drawn, this.places(figures));
      this.loading ??= plotlyLoaded().catch((error) => { this.failure = error.message; }).then(this.refresh);
    }
    this.picture.ariaLabel = label;
    for (const [name, value] of Object.entries(attributes)) this.picture.setAttribute(name, value);
  };

  /** Lays the page over the middle of the window, as large as it goes. */
  fit() {
    const { clientWidth, clientHeight } = this.root;
    const scale = Math.min(clientWidth / WIDTH, clientHeight / HEIGHT);
    const [left, top] = [(clientWidth - scale * WIDTH) / 2, (clientHeight - scale * HEIGHT) / 2];
    this.page.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
    this.root.classList.toggle("is-dark", this.isDark);
  }

  /** Where the figures go: the stage, a square plot, left; the evidence in the room that the words leave. */
  places([stage, ...others]) {
    const bottom = FOOT + (this.hasLine ? LINE : 0);
    const { l, r, t, b } = stage.layout.margin;
    const height = HEIGHT - 8 - bottom;
    const width = height - t - b + l + r;
    Object.assign(this.words.style, px({ left: EDGE + width + GAP, top: 10, right: EDGE, bottom }));
    Object.assign(this.line.style, px({ left: EDGE, right: EDGE, bottom: FOOT, height: LINE }));
    const { offsetLeft, offsetTop } = this.words;
    const room = this.evidence;
    const pitch = (room.offsetHeight + GAP) / others.length;
    return new Map([
      [stage.name, { left: EDGE, top: 8, width, height }],
      ...others.map(({ name }, i) => [name, {
        left: offsetLeft, top: offsetTop + room.offsetTop + i * pitch, width: room.offsetWidth, height: pitch - GAP,
      }]),
    ]);
  }

  showWords({ title, scene, number, count, caption, numbers, switch: words, next, what_if: whatIf }) {
    const { attributes, timeline } = this.message;
    setText(this.title, title);
    setText(this.scene, scene);
    setText(this.caption, caption);
    setText(this.whatIf, whatIf ? `What if: ${whatIf}` : "");
    const shown = JSON.stringify(numbers);
    if (shown !== this.shownNumbers) {
      this.shownNumbers = shown;
      this.numbers.replaceChildren();
      for (const [name, value, beside] of numbers) {
        const tile = element(this.numbers, "div");
        element(tile, "b").textContent = value;
        element(tile, "i").textContent = beside;
        element(tile, "span").textContent = name;
      }
    }
    setText(this.hint, words ? `S: ${words}` : next ? `Next: ${next}` : "");
    setText(this.dots, "●".repeat(number) + "○".repeat(count - number));
    this.dots.ariaLabel = `scene ${number} of ${count}`;
    const state = attributes["data-state"];
    const now = timeline ? STATES[state] : `recording, ${STATES[state]}`;
    const isNow = (timeline?.at ?? null) === null;
    setText(this.state, `${isNow ? now : "looking back"} · iteration ${attributes["data-shown"].toLocaleString("en-GB")}`);
    this.buttons.show(state);
  }

  showPanel() {
    const { talk } = this.message;
    this.card.hidden = !this.panel;
    if (!this.panel) return;
    const [name, html] = { help: helpOf, notes: notesOf, qr: qrOf }[this.panel](talk, this.without);
    if (this.html === html) return;
    this.html = html;
    this.card.ariaLabel = name;
    this.card.className = `screen-card is-${this.panel}`;
    this.card.innerHTML = html;
  }

  /** Has a sentence stand at the foot for a while. */
  say(sentence) {
    setText(this.sentence, sentence);
    this.sentence.hidden = false;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => { this.sentence.hidden = true; }, SAID);
  }

  // ---- what keys and buttons do

  open(panel) {
    this.panel = this.panel === panel ? null : panel;
    this.refresh();
  }

  go(way) {
    if (this.message?.talk[way]) this.act(way);
    else this.say(way === "next" ? "This is the last scene." : "This is the first scene.");
  }

  switch() {
    if (this.message?.talk.switch) this.act("switch");
    else this.say("No switch leads on from this scene.");
  }

  turnLine(isOn = !this.hasLine) {
    this.hasLine = isOn;
    this.refresh();
    if (isOn) this.line.querySelector("input").focus();
  }

  turnDark() {
    this.isDark = !this.isDark;
    this.act("dark", this.isDark);
    this.refresh();
  }

  openNotes() {
    const isOpen = this.second.open((event) => this.keyboard.press(event));
    if (isOpen) this.second.show(this.message.talk);
    else this.say("The browser blocked the second window: allow pop-ups for this address, then press Shift+N again.");
  }

  turnFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => this.say("The browser does not allow full screen here."));
  }

  leave() {
    if (this.panel) this.open(this.panel);
    else if (this.hasLine && this.message.timeline) this.turnLine();
    else this.act("leave");
  }

  close() {
    this.message = null;
    this.rest();
    this.keyboard.close();
    this.second.close();
    clearTimeout(this.saying);
    this.figures.close();
    this.root.remove();
  }
}
