// Rows of pictures, each with a frame and words of its own; those that can be picked are buttons.

import { element, setText } from "./dom.js";
import { decode, paint } from "./sprites.js";

const CSS = `
.sheet { display: grid; gap: 6px; justify-content: start; font-variant-numeric: tabular-nums; }
.sheet-item { position: relative; padding: 0; border: none; background: none; font: inherit; color: inherit;
  text-align: center; min-width: 0; }
.sheet-item canvas { display: block; box-sizing: border-box; width: 100%; aspect-ratio: 1; border-radius: 4px;
  image-rendering: pixelated; border: 2px solid transparent; background: #fff; }
button.sheet-item { cursor: pointer; }
button.sheet-item:hover canvas { outline: 2px solid #d95f02; }
.sheet-item span { display: block; font-size: 12.5px; line-height: 16px; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
.sheet-item b { position: absolute; top: 3px; left: 3px; padding: 0 5px; border-radius: 4px; font-size: 13px;
  line-height: 18px; color: #fff; background: #b34700; }
.sheet-head { grid-column: 1 / -1; font-size: 14px; line-height: 19px; margin-top: 4px; white-space: pre; overflow: hidden;
  text-overflow: ellipsis; }
.sheet-head strong { font-weight: 600; }
.sheet-item b:empty, .sheet-item span:empty { display: none; }
`;

/**
 * Shows a message of `ganplay.ui.sheets`: `columns` pictures in a row, each `size` pixels wide, with `frames`
 * (a colour each), `captions` below them, `badges` on them and `titles` for the pointer, and `heads` above the
 * rows, of which the first line is bold; `send` gets the latest clicks on pictures, each its number and its
 * time, where they are `pickable`.
 */
export function draw(parent, bytes, send) {
  const message = decode(bytes);
  const { count, columns, size, frames, captions, badges, titles, heads, pickable, name } = message;
  const root = parent.querySelector(".sheet") ?? begin(parent);
  root.style.gridTemplateColumns = `repeat(${columns}, minmax(0, ${size}px))`;
  root.setAttribute("aria-label", name);
  const kind = pickable ? "button" : "div";
  const layout = heads.length ? `${kind} ${columns} ${count}` : kind;
  if (root.dataset.layout !== layout) root.replaceChildren();
  root.dataset.layout = layout;
  const items = [...root.querySelectorAll(".sheet-item")];
  for (const gone of items.splice(count)) gone.remove();
  for (let n = 0; n < count; n++) {
    if (!items[n] && n % columns === 0 && n / columns < heads.length) newHead(root);
    const item = items[n] ?? newItem(root, kind);
    const [canvas, badge, caption] = item.children;
    paint(canvas, message, n);
    canvas.style.borderColor = frames[n] || "transparent";
    setText(badge, badges[n] ?? "");
    setText(caption, captions[n] ?? "");
    item.title = titles[n] ?? "";
    item.setAttribute("aria-label", `${name} ${n + 1}${captions[n] ? `: ${captions[n]}` : ""}`);
    if (pickable) {
      item.setAttribute("aria-pressed", String(Boolean(badges[n])));
      item.onclick = () => pick(root, n, send);
    }
  }
  root.querySelectorAll(".sheet-head").forEach((head, row) => {
    const [title, words = ""] = (heads[row] ?? "").split("\n");
    setText(head.firstChild, title);
    setText(head.lastChild, words && `   ${words}`);
  });
}

/** Tell of a click, and again of those before: of several in a run of the page, it is told of the last alone. */
function pick(root, n, send) {
  root.clicks = [...(root.clicks ?? []).slice(-9), [n, performance.timeOrigin + performance.now()]];
  send(root.clicks);
}

function newHead(root) {
  const head = element(root, "div", "sheet-head");
  element(head, "strong");
  element(head, "span");
}

function begin(parent) {
  element(parent, "style").textContent = CSS;
  return Object.assign(element(parent, "div", "sheet"), { role: "group" });
}

function newItem(root, kind) {
  const item = element(root, kind, "sheet-item");
  if (kind === "div") item.setAttribute("role", "img");
  element(item, "canvas");
  element(item, "b");
  element(item, "span");
  return item;
}
