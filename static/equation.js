// A - B + C of pictures: the exemplars of each term, what their means are, and what comes out.

import { element, setText } from "./dom.js";
import { decode, paint } from "./sprites.js";

const CSS = `
.equation { display: grid; align-items: center; justify-items: center; gap: 2px 4px; font-size: 14px; line-height: 18px;
  grid-template-columns: repeat(2, minmax(0, 1fr) 24px) minmax(0, 1fr) 28px minmax(0, 2.1fr);
  grid-template-rows: minmax(36px, auto); }
.equation button { padding: 0; border: none; background: none; font: inherit; color: inherit; text-align: inherit; }
.equation button:enabled { cursor: pointer; }
.equation canvas { display: block; box-sizing: border-box; width: 100%; aspect-ratio: 1; border-radius: 4px; background: #fff;
  image-rendering: pixelated; border: 2px solid var(--frame); }
.equation-title { align-self: end; justify-self: stretch; }
.equation-title b { padding: 0 6px; border-radius: 4px; }
.equation-title[aria-pressed=true] b { color: #fff; background: #b34700; }
.equation-row { justify-self: start; padding-top: 4px; font-size: 13px; opacity: 0.75; }
.equation-said { justify-self: start; }
.equation-stack { display: grid; gap: 2px; width: 100%; aspect-ratio: 1; align-content: center; justify-content: center; }
.equation-stack button:enabled:hover canvas { outline: 2px solid #d95f02; }
.equation-sign { font-size: 30px; line-height: 30px; }
.equation-sum { display: grid; gap: 2px; grid-template-columns: repeat(3, minmax(0, 1fr)); width: 100%; align-self: end; }
.equation-sum canvas:nth-child(5) { border-color: #d95f02; }
.equation-pixels canvas, .equation canvas.equation-pixels { border: 2px dashed var(--mixed); }
.equation-last { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; align-items: center; width: 100%; }
`;
const SIGNS = ["−", "+", "="];

/**
 * Shows a message of `ganplay.ui.explorer.equation`: pictures of three stacks, of `counts` each, then the three
 * means, the sum in the middle of its 3 x 3 neighbours, the means by pixel and their sum. `titles` are of the
 * terms and the sum, `said` words about the two sums. Where it is `pickable`, `send` gets the number of a
 * term, and of one of its exemplars where that was clicked; `active` is the number of the term one picks for.
 */
export function draw(parent, bytes, send) {
  const message = decode(bytes);
  const { counts, titles, said, pickable, active, frame, mixed, rows } = message;
  const root = parent.querySelector(".equation") ?? begin(parent);
  root.style.setProperty("--frame", frame);
  root.style.setProperty("--mixed", mixed);
  titles.forEach((title, term) => {
    const heading = root.titles[term];
    setText(heading.firstChild, "ABC"[term] ?? "=");
    setText(heading.lastChild, ` ${title}`);
    if (term === 3) return;
    heading.disabled = !pickable;
    heading.setAttribute("aria-pressed", String(pickable && active === term));
    heading.onclick = () => send([term, -1, Date.now()]);
  });
  rows.forEach((text, n) => setText(root.rows[n], text));
  let at = 0;
  counts.forEach((count, term) => {
    const stack = root.stacks[term];
    const across = Math.max(1, Math.ceil(Math.sqrt(count)));
    stack.style.gridTemplateColumns = `repeat(${across}, minmax(0, 1fr))`;
    while (stack.children.length > count) stack.lastChild.remove();
    for (let k = 0; k < count; k++, at++) {
      const item = stack.children[k] ?? newExemplar(stack);
      item.disabled = !pickable;
      item.title = pickable ? "Take this one away" : "";
      item.setAttribute("aria-label", `exemplar ${k + 1} of ${"ABC"[term]}`);
      item.onclick = () => send([term, k, Date.now()]);
      paint(item.firstChild, message, at);
    }
  });
  root.pictures.forEach((canvas, n) => {
    const needed = n < 3 ? counts[n] : n >= 12 && n < 15 ? counts[n - 12] : Math.min(...counts);
    canvas.style.visibility = needed ? "" : "hidden";  // nothing has no mean
    paint(canvas, message, at++);
  });
  said.forEach((text, n) => setText(root.said[n], text));
}

function begin(parent) {
  element(parent, "style").textContent = CSS;
  const root = Object.assign(element(parent, "div", "equation"), { role: "group" });
  root.setAttribute("aria-label", "equation");
  Object.assign(root, { titles: [], stacks: [], pictures: [], said: [], rows: [] });
  for (const row of [2, 4, 6]) place(element(root, "div", "equation-row"), root.rows, row);
  for (let term = 0; term < 4; term++) {
    const heading = element(root, term < 3 ? "button" : "div", "equation-title");
    element(heading, "b");
    element(heading, "span");
    place(heading, root.titles, 1, 2 * term + 1);
  }
  for (let term = 0; term < 3; term++) place(element(root, "div", "equation-stack"), root.stacks, 3, 2 * term + 1);
  terms(root, 5, "mean of");
  const sum = element(root, "div", "equation-sum");
  for (let n = 0; n < 9; n++) picture(root, sum, n === 4 ? "the sum" : "a neighbour of the sum");
  Object.assign(sum.style, { gridColumn: 7, gridRow: "3 / 6" });
  terms(root, 7, "mean in pixels of", "equation-pixels");
  const last = element(root, "div", "equation-last equation-pixels");
  Object.assign(last.style, { gridColumn: 7, gridRow: 7 });
  picture(root, last, "the sum in pixels");
  place(element(root, "div", "equation-said"), root.said, 2, 7);
  root.said.push(element(last, "div"));
  return root;
}

function terms(root, row, name, className = "") {
  for (let term = 0; term < 3; term++) {
    const canvas = picture(root, root, `${name} ${"ABC"[term]}`, className);
    Object.assign(canvas.style, { gridColumn: 2 * term + 1, gridRow: row });
    const sign = element(root, "div", "equation-sign");
    setText(sign, SIGNS[term]);
    Object.assign(sign.style, { gridColumn: 2 * term + 2, gridRow: row });
  }
}

function picture(root, parent, name, className = "") {
  const canvas = element(parent, "canvas", className);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
  root.pictures.push(canvas);
  return canvas;
}

function place(node, list, row, column = "1 / 6") {
  Object.assign(node.style, { gridRow: row, gridColumn: column });
  list.push(node);
}

function newExemplar(stack) {
  const item = element(stack, "button");
  element(item, "canvas");
  return item;
}
