// The pictures that were seen of a run's kept moments, to be shown again at once while the server is asked.

export class Seen {
  pictures = new Map();  // by iteration

  /** Keeps a message, and forgets those of moments that the run's film no longer has. */
  keep(message) {
    const { attributes, timeline } = message;
    if (attributes["data-run"] !== this.run) this.pictures.clear();
    this.run = attributes["data-run"];
    const { steps, at } = timeline;
    this.pictures.set(steps[at ?? steps.length - 1], message);
    for (const step of this.pictures.keys()) if (!steps.includes(step)) this.pictures.delete(step);
  }

  /** A message; or what was seen at the step that is asked for, where that is another: a picture of now may still have been on its way. */
  asked(step, message) {
    const isOther = step !== undefined && step !== message.attributes["data-shown"];
    return (isOther && this.again(step, message)) || message;
  }

  /** The newest message with what was seen at an iteration, but for its curves, which go on; null where nothing was. */
  again(step, newest) {
    const seen = this.pictures.get(step);
    if (!seen) return null;
    const figures = newest.figures.map((figure) => {
      const then = !figure.meta.course && seen.figures.find(({ name }) => name === figure.name);
      return then || figure;
    });
    const { status, reading, headings, label } = seen;
    return { ...newest, figures, status, reading, headings, label, attributes: { ...newest.attributes, "data-shown": step } };
  }
}
