// Figures as they come from `ganplay.figures.message`: their headers as JSON, and their arrays behind it.

import { PAINTERS } from "./painters.js";

/** The header, with each figure's spec parsed and its arrays in place; throws before the page has changed. */
export function decode(bytes) {
  try {
    const { header, buffer } = split(bytes);
    return assemble(header, buffer);
  } catch (error) {
    throw new Error(`malformed message (${error.message})`, { cause: error });
  }
}

/** The header and what lies behind it. */
export function split(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const { buffer } = bytes.slice(Math.ceil((4 + length) / 4) * 4);  // a copy, so that the arrays are aligned
  return { header, buffer };
}

/** A message whose arrays lie in a buffer; the header stays as it is. */
export function assemble(header, buffer) {
  const figures = header.figures.map(({ name, spec, arrays, renderer }) => {
    const data = spec.data.map((trace) => ({ ...trace }));
    for (const [key, description] of Object.entries(arrays)) {
      const [trace, attribute] = key.split(".");
      data[trace][attribute] = readArray(buffer, description);
    }
    const isDrawable = ({ type, x, y, z }) => type in PAINTERS && (z || (x && y));
    if (renderer === "canvas" && !data.every(isDrawable)) throw new Error(`a trace of ${name} lacks a painter or an array`);
    const { layout } = spec;
    return { name, renderer, spec: JSON.stringify(spec), data, layout, meta: layout.meta ?? {} };
  });
  return { ...header, figures };
}

const NOTHING = 65535;  // the level of 16 bits that stands for NaN

/** A Float32Array, or a list of them, one a row, where the shape has two sides. */
function readArray(buffer, { type, shape, offset, scale = 1, bias = 0 }) {
  const Raw = { f4: Float32Array, u1: Uint8Array, u2: Uint16Array }[type];
  if (!Raw) throw new Error(`no array type ${type}`);
  const raw = new Raw(buffer, offset, shape.reduce((a, b) => a * b));
  const values = type === "f4" ? raw : Float32Array.from(raw, (level) => (level === NOTHING ? NaN : bias + scale * level));
  const [rows, columns] = shape;
  if (columns === undefined) return values;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * columns, (row + 1) * columns));
}
