// Words above the figures of a board: what their colours mean, and what each of them is of.

import { element, px, setText } from "./dom.js";

export const LEGEND = 22;  // pixels that the legend takes from the board, and a heading from its figure
const HEADING = 46;
const CSS = `
.board-legend { position: absolute; inset: 0 0 auto; height: ${LEGEND}px; display: flex; gap: 16px; justify-content: center;
  font-size: 13px; line-height: 18px; font-weight: 600; white-space: nowrap; overflow: hidden; }
.board-heading { position: absolute; box-sizing: border-box; height: ${HEADING}px; border-bottom: 3px solid; overflow: hidden; }
.board-heading div { height: 22px; line-height: 20px; font-size: 15px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.board-heading div b { display: inline-block; width: 20px; margin-right: 7px; border-radius: 4px; text-align: center; }
.board-heading p { margin: 0; height: 20px; line-height: 20px; font-size: 13.5px; overflow: hidden; }
.board-heading p span { display: inline-block; margin-right: 12px; }
.board-heading p b { font-weight: 600; margin: 0 4px; }
.board-heading s, .board-heading i { font-style: normal; text-decoration: none; opacity: 0.75; }
.board-heading div i { margin-left: 10px; font-size: 13px; }
.board-heading em { display: block; font-style: normal; font-size: 13.5px; color: #b34700; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
`;

/**
 * Shows `headings`, `{figure, badge, colour, ink, title, note, numbers, ended}` each, at the `places` of their figures, from which they
 * take their height; and a `legend` of words and their colours.
 */
export class Headings {
  shown = [];

  constructor(root) {
    this.root = root;
    element(root, "style").textContent = CSS;
  }

  show(headings, legend, places) {
    this.showLegend(legend);
    while (this.shown.length > headings.length) this.shown.pop().root.remove();
    headings.forEach((heading, i) => {
      this.shown[i] ??= new Heading(this.root);
      const place = places.get(heading.figure);
      this.shown[i].show(heading, place);
      place.top += HEADING;
      place.height -= HEADING;
    });
  }

  showLegend(legend) {
    const text = JSON.stringify(legend);
    if (text === this.legendText) return;
    this.legendText = text;
    this.legend ??= element(this.root, "div", "board-legend");
    this.legend.replaceChildren(...legend.map(([words, colour]) => {
      const span = Object.assign(document.createElement("span"), { textContent: words });
      span.style.color = colour;
      return span;
    }));
  }
}

/** What stands above a figure: a badge, a title and a note, and below them some numbers, or why there are none. */
class Heading {
  constructor(parent) {
    this.root = element(parent, "div", "board-heading");
    const line = element(this.root, "div");
    this.badge = element(line, "b");
    this.title = element(line, "span");
    this.note = element(line, "i");
    this.ended = element(this.root, "em");
    this.numbers = element(this.root, "p");
  }

  show({ badge, colour, ink, title, numbers, note, ended }, { left, top, width }) {
    Object.assign(this.root.style, px({ left, top, width }), { borderColor: colour });
    Object.assign(this.badge.style, { background: colour, color: ink });
    setText(this.badge, badge);
    setText(this.title, title);
    setText(this.note, note);
    this.root.title = ended || [title, note].filter(Boolean).join("; ");
    setText(this.ended, ended);
    const told = ended ? [] : numbers;
    while (this.numbers.children.length > told.length) this.numbers.lastChild.remove();
    told.forEach(([name, value, perfect, tooltip], i) => {
      const number = this.numbers.children[i] ?? element(this.numbers, "span");
      [name, value, perfect].forEach((text, n) => setText(number.children[n] ?? element(number, ["s", "b", "i"][n]), text));
      number.title = tooltip;
    });
  }
}
