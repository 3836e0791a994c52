// Talk mode's glue: what is done on the screen goes to the server, and its pictures, or a recording's, to the screen.

import { decode } from "./message.js";
import { Player, loadReel } from "./reel.js";
import { Screen } from "./screen.js";
import { Seen } from "./seen.js";

const PATIENCE = 1000;  // milliseconds after which what the server has not heard is said again

// A page has one screen; as for the live view, pictures come through an element of their own.
let talk = null;
let newest = null;

/** Builds the screen under `parentElement`, once; `send` tells the server. */
export function mount(parentElement, send) {
  if (talk?.parent === parentElement) return;
  talk?.close();
  talk = new Talk(parentElement, send);
  if (newest) talk.show(newest);
}

/** Shows a picture, given as bytes. */
export function show(bytes) {
  newest = decode(bytes);
  talk?.show(newest);
}

/** Removes the screen from `parentElement`. */
export function unmount(parentElement) {
  if (talk?.parent !== parentElement) return;
  talk.close();
  talk = newest = null;
}

class Talk {
  presses = [];  // that the server has not heard yet, each a number that grows, a kind and values
  last = 0;
  seen = new Seen();

  constructor(parent, send) {
    Object.assign(this, { parent, send });
    this.screen = new Screen(parent, (...what) => this.act(...what));
  }

  show(message) {
    const isFirst = !this.screen.message;
    this.presses = this.presses.filter(([number]) => number > message.talk.heard);
    this.seen.keep(message);
    const [, , step] = this.presses.findLast(([, kind]) => kind === "look") ?? [];
    if (!this.player) this.screen.show(this.again(step, message));
    if (isFirst && message.talk.recording) this.turnRecording();
  }

  act(kind, ...values) {
    if (kind === "recording" || (kind === "leave" && this.player)) this.turnRecording();
    // A link: told by the server to go elsewhere, the browser would fall out with what it asks of a running run meanwhile.
    else if (kind === "leave") document.querySelector(".st-key-leave a").click();
    else if (!this.player?.act(kind)) this.press(kind, ...values);
    if (kind === "look" && !this.player) this.screen.show(this.again(values[0], newest));
  }

  /** A message with what was seen at a moment that is looked back to, to be shown at once. */
  again(step, message) {
    const seen = this.seen.asked(step, message);
    if (seen === message) return message;
    const { talk } = this.seen.pictures.get(step);  // in the words of its scene
    const { heard, problem, dark, qr } = message.talk;
    return { ...seen, talk: { ...talk, heard, problem, dark, qr } };
  }

  /** Tells the server, which may be busy and take only the last of what is sent meanwhile: so all is sent until it is heard. */
  press(kind, ...values) {
    this.last = Math.max(this.last + 1, Date.now());
    if (kind === "look" && this.presses.at(-1)?.[1] === "look") this.presses.pop();
    this.presses.push([this.last, kind, ...values]);
    this.tell();
  }

  tell() {
    clearTimeout(this.timer);
    if (!this.presses.length) return;
    this.send(this.presses);
    this.timer = setTimeout(() => this.tell(), PATIENCE);
  }

  /** Plays the scenario's recording, which is on this machine, or goes back to live. */
  async turnRecording() {
    if (this.isLoading) return;
    if (this.player) {
      this.player.close();
      this.player = null;
      this.screen.turnLine(false);
      this.screen.show(newest);
    } else {
      const { name } = newest.talk;
      this.isLoading = true;
      const reel = await loadReel(new URL(`recordings/${name}.reel`, import.meta.url)).catch(() => null);
      this.isLoading = false;
      if (talk !== this) return;  // the page was left meanwhile
      if (reel) {
        this.screen.turnLine(true);
        this.player = new Player(this.screen, reel, this.screen.line);
      } else {
        this.screen.say(`There is no recording of ${name} on this machine.`);
      }
    }
    this.press("recording", Boolean(this.player));
  }

  close() {
    clearTimeout(this.timer);
    this.player?.close();
    this.screen.close();
  }
}
