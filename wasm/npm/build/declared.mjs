// From the declarations that wasm-bindgen writes: those of the package, and what guards each call.

/** What argument a declared type needs; see `src/guard.ts`. */
function kind(type, known) {
  const plain = type.replaceAll(/ \| (null|undefined)/g, "");
  const optional = plain === type ? "" : "?";
  const many = plain.endsWith("[]") ? "[]" : "";
  const one = many ? plain.slice(0, -2) : plain;
  const basic = { Uint8Array: "bytes", string: "string", number: "number", bigint: "bigint", boolean: "boolean" }[one];
  const found = basic ?? known.get(one);
  if (!found) throw new Error(`no guard for arguments of the type ${type}`);
  return found + many + optional;
}

/** `a: A, b?: B` as name, `?`, type. */
function parameters(list) {
  if (!list) return [];
  // The glue takes arrays of numbers for bytes, and cuts each number to size: not here.
  return list.replaceAll("Uint8Array | number[]", "Uint8Array").split(/, (?=\w+\??: )/).map((parameter) => {
    const [, name, optional, type] = /^(\w+)(\??): (.*)$/.exec(parameter) ?? [];
    if (!name) throw new Error(`not a parameter: ${parameter}`);
    return { name, optional, type };
  });
}

/** What callers may give: the module's glue is narrower. */
function wider({ name, optional, type }) {
  const wide = type.replace("Uint8Array", "Bytes").replace("bigint", name === "now" ? "Instant" : "number | bigint");
  return `${name}${optional}: ${wide}`;
}

const HEAD = `// Generated from the Rust of sdk/src/api.

/** Bytes that are given. */
export type Bytes = Uint8Array | ArrayBuffer;

/** An instant that is given: a \`Date\`, or seconds (not milliseconds) since 1970 in UTC. */
export type Instant = Date | number | bigint;
`;

/** @param types what wasm-bindgen declared. */
export function declared(types) {
  const end = types.indexOf("export type InitInput");
  if (end < 0) throw new Error("the declarations have no InitInput: wasm-bindgen writes them otherwise now");
  const lines = types.slice(0, end).split("\n").filter((line) => !/^\/\* (ts|es)lint/.test(line));
  const known = new Map();
  for (const line of lines) {
    const [, what, name] = /^export (interface|type|class) (\w+)/.exec(line) ?? [];
    // A choice of words is a string; everything else crosses as an object.
    if (name) known.set(name, what === "type" && / = "[^{}]*;$/.test(line) ? "string" : "object");
    if (what === "class") known.delete(name);
  }
  const wrapped = [];
  let inside;
  const out = lines.map((line) => {
    const [, name] = /^export class (\w+) \{$/.exec(line) ?? [];
    if (name) {
      inside = { name, calls: {} };
      wrapped.push(inside);
    } else if (line === "}") inside = undefined;
    const call = /^(?<lead>export function | {4}(?<still>static )?)(?<name>\w+)\((?<list>.*)\)(?<rest>(: .*)?);$/.exec(line);
    if (!call || !(inside || line.startsWith("export function "))) return line;
    const { lead, still, list, rest } = call.groups;
    const given = parameters(list);
    const signature = given.map(({ name, optional, type }) => {
      const needed = kind(type, known);
      return `${name}:${needed}${optional && !needed.endsWith("?") ? "?" : ""}`;
    });
    if (inside) {
      if (call.groups.name !== "free") inside.calls[(still ?? "") + call.groups.name] = signature;
    } else wrapped.push({ name: call.groups.name, signature });
    return `${lead}${call.groups.name}(${given.map(wider).join(", ")})${rest};`;
  });
  const wrapper = ['import * as raw from "./bindings.js";', 'import { guardClass, guardFunction } from "./guard.js";'];
  for (const { name, calls, signature } of wrapped) {
    const guard = calls ? `guardClass(raw.${name}, ${JSON.stringify(calls)})` : `guardFunction(raw.${name}, "${name}", ${JSON.stringify(signature)})`;
    wrapper.push(`export const ${name} = ${guard};`);
  }
  return { declarations: `${HEAD}\n${out.join("\n").trim()}\n`, wrapper: `${wrapper.join("\n")}\n` };
}
