// Pictures sent as one block of pixels, ready to be drawn at any size.

const SPAN = 32;  // pictures in a row of the sheet

/** The header of a message, with `sheet`: all its pictures on one canvas, in rows of SPAN. */
export function decode(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const { count, side } = header;
  const rows = Math.max(1, Math.ceil(count / SPAN));
  const sheet = Object.assign(document.createElement("canvas"), { width: SPAN * side, height: rows * side });
  const image = new ImageData(sheet.width, sheet.height);
  const pixels = new Uint32Array(image.data.buffer);
  let at = 4 + length;
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < side; y++) {
      let to = (Math.floor(n / SPAN) * side + y) * sheet.width + (n % SPAN) * side;
      for (let x = 0; x < side; x++, at += 3) {
        pixels[to++] = 0xff000000 | (bytes[at + 2] << 16) | (bytes[at + 1] << 8) | bytes[at];
      }
    }
  }
  sheet.getContext("2d").putImageData(image, 0, 0);
  return { ...header, sheet };
}

/** Draws picture `n` of a decoded message over all of a canvas. */
export function paint(canvas, { sheet, side }, n) {
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  const from = [(n % SPAN) * side, Math.floor(n / SPAN) * side, side, side];
  canvas.getContext("2d").drawImage(sheet, ...from, 0, 0, side, side);
}
