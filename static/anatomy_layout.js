// Where the parts of the graph and the paths between them lie, in pixels.

export const HEAD = 26;
export const FOOT = 40;  // two lines of numbers
export const EDGE = 8;  // between a part's frame and its picture
export const STRIP = 34;
const COLUMNS = 5;
const SPREAD = 9;  // between the two lanes of a path
const CLEARANCE = 5;  // between an arrow and what it points at
const ORDER = ["noise", "generator", "generated", "real", "discriminator", "predictions", "losses", "gradients"];
const FIGURE_SHARE = 0.53;  // of the width, for the part that is enlarged
const PLACES = {
  real: [2, 0], discriminator: [3, 0], predictions: [4, 0],
  noise: [0, 1], generator: [1, 1], generated: [2, 1], gradients: [3, 1], losses: [4, 1],
};

/** The parts as a graph, what is told at its top left, and the strip below. */
export function asGraph(width, room) {
  const gap = Math.max(30, Math.round(0.034 * width));
  const own = HEAD + FOOT + 4;
  const most = Math.floor((width - (COLUMNS - 1) * gap) / COLUMNS) - 2 * EDGE - 4;
  const side = Math.max(90, Math.min(most, Math.floor((room - STRIP - 2 * gap) / 2 - own)));
  const [wide, tall] = [side + 2 * EDGE + 4, side + own];
  const between = Math.min(Math.max(gap, room - STRIP - 2 * tall - 24), 3.5 * gap);
  const pitch = (width - wide) / (COLUMNS - 1);
  const places = Object.fromEntries(Object.entries(PLACES).map(([name, [column, row]]) => [
    name, { left: column * pitch, top: row * (tall + between), width: wide, height: tall },
  ]));
  const told = { left: 0, top: 0, width: 2 * pitch - gap, height: tall + between / 2 };
  return { places, side, told, height: 2 * tall + between + 24 + STRIP };
}

/** All parts in a row, one of them enlarged below, what is told beside it, and the strip. */
export function besideOne(width, room) {
  const gap = 8;
  const wide = Math.min(120, (width - (ORDER.length - 1) * gap) / ORDER.length);
  const side = wide - 12;
  const tall = side + HEAD + 4;
  const places = Object.fromEntries(ORDER.map((name, n) => [
    name, { left: n * (wide + gap), top: 0, width: wide, height: tall },
  ]));
  const top = tall + 12;
  const height = Math.max(300, room - top - STRIP - 12);
  const figure = { left: 0, top, width: Math.round(Math.min(FIGURE_SHARE * width, 1.15 * height)), height };
  const left = figure.width + 16;
  return { places, side, figure, told: { left, top, width: width - left, height }, height: top + height + 12 + STRIP };
}

/** From one frame to another, in the lane of its direction. */
export function line(from, to, isBack) {
  const lane = isBack ? SPREAD : -SPREAD;
  const [a, b] = [from, to].map(({ left, top, width, height }) => [left + width / 2, top + height / 2]);
  const [across, down] = [b[0] - a[0], b[1] - a[1]];
  if (Math.abs(down) < 1) {
    const y = a[1] + lane;
    const way = Math.sign(across);
    return `M ${a[0] + (way * from.width) / 2} ${y} L ${b[0] - way * (to.width / 2 + CLEARANCE)} ${y}`;
  }
  if (Math.abs(across) < 1) {
    const x = a[0] + lane;
    const way = Math.sign(down);
    return `M ${x} ${a[1] + (way * from.height) / 2} L ${x} ${b[1] - way * (to.height / 2 + CLEARANCE)}`;
  }
  // from corner to corner
  const [ways, up] = [Math.sign(across), Math.sign(down)];
  const start = [a[0] + (ways * from.width) / 2 - ways * 14, a[1] + (up * from.height) / 2];
  const end = [b[0] - ways * (to.width / 2 - 14), b[1] - up * (to.height / 2 + CLEARANCE)];
  return `M ${start} L ${end}`;
}

/** The head of an arrow. */
export function marker(id, colour) {
  const svg = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const size = id.endsWith("lit") ? 14 : 10;
  const head = svg("marker", {
    id: `anatomy-${id}`, viewBox: "0 0 10 10", refX: 8, refY: 5, orient: "auto", markerUnits: "userSpaceOnUse",
    markerWidth: size, markerHeight: size,
  });
  head.append(svg("path", { d: "M 0 0 L 10 5 L 0 10 z", fill: colour }));
  return head;
}
