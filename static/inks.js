// A figure in a talk's colours, and with points that are seen from afar.

/** The figure in other `inks` (colour -> colour), its points larger and with a thin edge in the colour of the paper, which sets
 * them off from any ground. */
export function inked(figure, inks, paper) {
  const text = figure.spec.replace(/#[0-9a-f]{6}/g, (colour) => inks[colour] ?? colour);
  const { data, layout } = JSON.parse(text);
  data.forEach((trace, i) => {
    if (trace.type === "scatter" && trace.mode.includes("markers")) {
      trace.marker = { ...trace.marker, size: trace.marker.size + 1, line: { color: paper, width: 0.75 } };
    }
    data[i] = { ...figure.data[i], ...trace };  // the arrays are not in the text
  });
  return { ...figure, spec: text, data, layout };
}
