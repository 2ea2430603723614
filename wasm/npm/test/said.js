// What both files of vectors need: bytes, and what differs. For Node.js, and for a page, which loads this as it stands.

export const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
export const digits = (whole) => Array.from(whole, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A value with its keys in order and without what is absent, as text. */
export const text = (value) =>
  JSON.stringify(value, (_, part) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).filter(([, one]) => one !== undefined && one !== null).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part);

export const differs = (what, got, wanted) => (text(got) === text(wanted) ? undefined : `${what}: ${text(got)}, not ${text(wanted)}`);

/** What a call gives, or how it fails. */
export function outcome(call) {
  try {
    return { got: call() };
  } catch (failure) {
    if (failure.name !== "MedlotError") throw failure;
    return { failure };
  }
}

// Vectors count seconds since 2020.
export const BEGINNING = 1_577_836_800;
