// Helpers that more than one module needs.

export function element(parent, tag, className = "") {
  const created = Object.assign(document.createElement(tag), { className });
  parent.append(created);
  return created;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function px(sizes) {
  return Object.fromEntries(Object.entries(sizes).map(([side, size]) => [side, `${size}px`]));
}

/** Which way an arrow key points: to the right and upwards. */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** How far below the window's top a node begins when nothing is scrolled. */
export function topOf(node) {
  let { top } = node.getBoundingClientRect();
  for (let above = node.parentElement; above; above = above.parentElement) top += above.scrollTop;
  return top;
}

/** Calls `refresh` whenever the size of a node or of the window changes or the tab is seen again; returns what ends it. */
export function whenResized(node, refresh) {
  const observer = new ResizeObserver(refresh);
  observer.observe(node);
  window.addEventListener("resize", refresh);
  document.addEventListener("visibilitychange", refresh);
  return () => {
    observer.disconnect();
    window.removeEventListener("resize", refresh);
    document.removeEventListener("visibilitychange", refresh);
  };
}
