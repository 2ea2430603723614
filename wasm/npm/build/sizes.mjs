// What the module weighs, and what of it is big: sizes of functions, summed by the crate that their names begin with.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

/** Reads LEB128 and sections of a module. */
function* sections(bytes) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const length = number();
    const end = at + length;
    yield { id, length, end, number, seek: (to) => (at = to), at: () => at };
    at = end;
  }
}

const text = (bytes, from, to) => new TextDecoder().decode(bytes.subarray(from, to));

/** Sizes by crate, and the biggest functions. */
function byCrate(bytes) {
  let imported = 0;
  const bodies = [];
  const names = new Map();
  let data = 0;
  for (const section of sections(bytes)) {
    if (section.id === 2) {
      for (let left = section.number(); left > 0; left--) {
        for (let field = 0; field < 2; field++) section.seek(section.number() + section.at());
        const kind = bytes[section.at()];
        section.seek(section.at() + 1);
        if (kind === 0) imported++;
        if (kind === 1) section.seek(section.at() + 1);
        if (kind === 1 || kind === 2) {
          const limits = section.number();
          section.number();
          if (limits & 1) section.number();
        } else if (kind === 3) section.seek(section.at() + 2);
        else section.number();
      }
    } else if (section.id === 10) {
      for (let left = section.number(); left > 0; left--) {
        const length = section.number();
        bodies.push(length);
        section.seek(section.at() + length);
      }
    } else if (section.id === 11) data = section.length;
    else if (section.id === 0) {
      const length = section.number();
      const name = text(bytes, section.at(), section.at() + length);
      section.seek(section.at() + length);
      while (name === "name" && section.at() < section.end) {
        const kind = bytes[section.at()];
        section.seek(section.at() + 1);
        const end = section.number() + section.at();
        if (kind === 1) {
          for (let left = section.number(); left > 0; left--) {
            const index = section.number();
            const size = section.number();
            names.set(index, text(bytes, section.at(), section.at() + size));
            section.seek(section.at() + size);
          }
        }
        section.seek(end);
      }
    }
  }
  const functions = bodies.map((size, at) => ({ size, name: names.get(at + imported) ?? "?" }));
  const crates = new Map();
  for (const { size, name } of functions) {
    // `<a::B as c::D>::e`, `&mut a::b`, `a::b`, or with mangled names `_R…`.
    const crate = /^[<&*\s(\[]*(?:mut |dyn )?([a-z0-9_]+)(?:\[[0-9a-f]+\])?::/.exec(name)?.[1] ?? "other";
    crates.set(crate, (crates.get(crate) ?? 0) + size);
  }
  return { data, functions, crates };
}

const kb = (bytes) => `${bytes.toLocaleString("en").padStart(9)} bytes`;

/** Prints all of it; gives the brotli size. */
export function sizes(named, whole) {
  const raw = readFileSync(named);
  const small = readFileSync(whole);
  const { data, functions, crates } = byCrate(raw);
  console.log("The module before wasm-opt, by crate:");
  const rows = [...crates, ["(data: constants and tables)", data]].sort((a, b) => b[1] - a[1]);
  for (const [name, size] of rows.slice(0, 24)) console.log(`  ${name.padEnd(30)} ${kb(size)}`);
  console.log("Its biggest functions:");
  for (const { name, size } of functions.sort((a, b) => b.size - a.size).slice(0, process.env.MOST ?? 12)) {
    console.log(`  ${name.slice(0, 96).padEnd(96)} ${kb(size)}`);
  }
  const compressed = brotli(small);
  console.log(`Module: raw ${kb(raw.length)}, wasm-opt ${kb(small.length)}, brotli ${kb(compressed)} (goal 120 KB, next 80 KB)`);
  return compressed;
}
