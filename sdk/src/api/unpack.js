// Reads what packed.rs writes; the form is said there.
const decoder = new TextDecoder();

/** @param {Uint8Array} text @param {Uint8Array[]} kept */
export function unpack(text, kept) {
  const [answer, steps] = JSON.parse(decoder.decode(text));
  const shapes = [];
  /** Its keys, and an object that has them all: a copy of it has room for all, which it else would grow into. */
  const shapeOf = (step) => {
    const keys = [];
    for (let at = step; at > 0; at = steps[at - 1][0]) keys.unshift(steps[at - 1][1]);
    const empty = JSON.parse(`{${keys.map((key) => `${JSON.stringify(key)}:0`).join()}}`);
    for (const key of keys) empty[key] = undefined;
    return (shapes[step] = { keys, empty });
  };
  const read = (value) => {
    if (value === null) return undefined;
    if (!Array.isArray(value)) {
      for (const key of Object.keys(value)) value[key] = typeof value[key] === "object" ? read(value[key]) : value[key];
      return value;
    }
    const last = value.length - 1;
    const what = value[last];
    if (what === -2) return kept[value[0]];
    if (what === -1) {
      value.pop();
      for (let at = 0; at < last; at += 1) if (typeof value[at] === "object") value[at] = read(value[at]);
      return value;
    }
    const { keys, empty } = shapes[what] ?? shapeOf(what);
    const object = { ...empty };
    for (let at = 0; at < last; at += 1) {
      const of = value[at];
      if (of !== null) object[keys[at]] = typeof of === "object" ? read(of) : of;
    }
    return object;
  };
  return typeof answer === "object" ? read(answer) : answer;
}
