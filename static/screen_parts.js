// What surrounds a talk's screen: its keys and buttons, its panels, and the notes in a window of their own.

import { element, setText } from "./dom.js";

/** What keys do: how they are called, which they are, what they are for, and a method of the screen. */
const KEYS = [
  ["Space", [" "], "run or pause", (it) => it.act("toggle")],
  ["→ or Page Down", ["arrowright", "pagedown"], "next scene", (it) => it.go("next")],
  ["← or Page Up", ["arrowleft", "pageup"], "scene before", (it) => it.go("previous")],
  ["S", ["s"], "the switch of this scene", (it) => it.switch()],
  ["R", ["r"], "this scene from its beginning", (it) => it.act("restart")],
  ["T", ["t"], "timeline: look back, branch", (it) => it.turnLine()],
  ["P", ["p"], "recording, or back to live", (it) => it.act("recording")],
  ["D", ["d"], "dark or light", (it) => it.turnDark()],
  ["F", ["f"], "full screen", (it) => it.turnFullScreen()],
  ["N", ["n"], "notes, here", (it) => it.open("notes")],
  ["Shift + N", ["N"], "notes in a second window", (it) => it.openNotes()],
  ["Q", ["q"], "QR code of this run", (it) => it.open("qr")],
  ["?", ["?"], "these keys", (it) => it.open("help")],
  ["Esc", ["escape"], "close, then leave the talk", (it) => it.leave()],
];

/** Names of buttons and the key that does the same. */
const BUTTONS = {
  Reset: "r", Back: "pageup", Next: "pagedown", Timeline: "t", Recording: "p", Notes: "n", QR: "q", Dark: "d",
  "Full screen": "f", Keys: "?", Leave: "escape",
};
const IDLE = 2500;  // milliseconds without a move of the mouse after which the buttons go

const done = (key) => KEYS.find(([, keys]) => keys.includes(key))?.[3];

/** The keys of a screen, wherever the focus is. */
export class Keyboard {
  constructor(screen) {
    this.screen = screen;
    // Before Streamlit, which has keys of its own.
    window.addEventListener("keydown", this.press, true);
  }

  press = (event) => {
    const { key, target, repeat, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || isOwn(target, key)) return;
    const name = shiftKey && key.toLowerCase() === "n" ? "N" : key.toLowerCase();
    const isLeft = this.screen.without.includes(name) && !(name === "escape" && this.screen.panel);
    const act = isLeft ? null : done(name);
    event.stopImmediatePropagation();
    if (!act) return;
    event.preventDefault();
    if (!repeat) act(this.screen);
  };

  close() {
    window.removeEventListener("keydown", this.press, true);
  }
}

/** Whether a key is for the control that has the focus: a clicker's keys never are. */
function isOwn(target, key) {
  if (["PageUp", "PageDown", "Escape"].includes(key)) return key === "Escape" && document.fullscreenElement !== null;
  if (key === "Tab" || target.matches?.("select")) return true;
  if (target.type === "range") return key.startsWith("Arrow") || ["Home", "End"].includes(key);
  return [" ", "Enter"].includes(key) && Boolean(target.matches?.("button:focus-visible"));
}

/** Buttons at the foot, seen while the mouse moves or one of them has the focus. */
export class Buttons {
  constructor(foot, screen) {
    this.root = element(foot, "div", "screen-buttons");
    this.toggle = this.add(screen, "Run", " ");
    for (const [name, key] of Object.entries(BUTTONS)) if (!screen.without.includes(key)) this.add(screen, name, key);
    screen.root.addEventListener("pointermove", () => this.wake());
    screen.root.addEventListener("pointerdown", () => this.wake());
  }

  add(screen, textContent, key) {
    const title = KEYS.find(([, keys]) => keys.includes(key))[2];
    const button = Object.assign(element(this.root, "button"), { type: "button", textContent, title });
    button.onclick = (event) => {
      if (event.detail) button.blur();  // so that the next Space is not for this button
      done(key)(screen);
    };
    return button;
  }

  wake() {
    this.root.classList.add("is-awake");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.root.classList.remove("is-awake"), IDLE);
  }

  show(state) {
    setText(this.toggle, state === "running" ? "Pause" : "Run");
  }
}

// ---- panels: each a name and its HTML

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => SIGNS[sign]);

export function helpOf(_, without) {
  const rows = KEYS.filter(([, keys]) => !without.includes(keys[0])).map(([name, , what]) => `<div><kbd>${escaped(name)}</kbd><span>${escaped(what)}</span></div>`);
  return ["keys", `<h2>Keys</h2><div class="screen-keys">${rows.join("")}</div>`];
}

export function notesOf({ scene, number, count, notes, next }) {
  const coming = next ? `<p class="screen-coming">Next: ${escaped(next)}</p>` : "";
  return ["notes", `<h2>${escaped(scene)} · ${number} of ${count}</h2><p>${escaped(notes)}</p>${coming}`];
}

export function qrOf({ qr }) {
  if (!qr) return ["QR code", "<h2>No address</h2><p>A recording plays without a server, so there is no run to join.</p>"];
  const note = qr.note ? `<p>${escaped(qr.note)}</p>` : "";
  return ["QR code", `${qr.svg}<div><h2>Try it yourself</h2><p class="screen-address">${escaped(qr.address)}</p>${note}</div>`];
}

/** The notes in a window of their own, for the speaker's screen; it follows the scene and takes the same keys. */
export class NotesWindow {
  /** Opens it, or brings it to the front; whether the browser lets it. */
  open(onKey) {
    if (this.window && !this.window.closed) {
      this.window.focus();
      return true;
    }
    this.window = window.open("", "ganplay-notes", "popup,width=640,height=480");
    if (!this.window) return false;
    const { document: paper } = this.window;
    paper.title = "Notes · ganplay";
    paper.body.style.cssText = "margin: 0; padding: 24px 32px; font: 24px/1.45 sans-serif; color: #31333f; background: #fff";
    paper.onkeydown = onKey;
    return true;
  }

  show(talk) {
    if (!this.window || this.window.closed) return;
    const [, html] = notesOf(talk);
    if (html === this.html && this.window.document.body.firstChild) return;
    this.html = html;
    this.window.document.body.innerHTML = html;
  }

  close() {
    this.window?.close();
  }
}
