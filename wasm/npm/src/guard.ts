/**
 * Stands before every call into the module: what an argument may be is looked at here, by the types that the generated
 * declarations state, because the module's glue takes anything and cuts it to size.
 */
import { failure, understood } from "./error.js";

/** The types of a call's arguments: `string`, `bytes`, `number`, `bigint`, `boolean`, `object`; `[]` many; `?` may be left out. */
export type Signature = readonly string[];

/** Longest text and most bytes that are handed over: far above what medlot has, far below what memory holds. */
const MOST_CHARACTERS = 1 << 22;
const MOST_BYTES = 1 << 26;
const MOST_PARTS = 1 << 16;

type State = "unready" | "ready" | "stopped";
let state: State = "unready";

/** Loads the module once, by what a page or Node.js does for that. */
export async function loaded(load: () => Promise<unknown>): Promise<void> {
  if (state === "ready") return;
  try {
    await load();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw failure("file", `the module couldn't be loaded: ${why}`, { cause: error });
  }
  // What stopped in the meantime stays stopped.
  if (state === "unready") state = "ready";
}

/** What a value is, for a person. */
function named(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  return `a ${value.constructor?.name ?? "object"}`;
}

function wrong(where: string, wanted: string, value: unknown): never {
  throw failure("argument", `${where}: ${wanted} is needed, not ${named(value)}`);
}

/** A text that was given. */
export function text(where: string, value: unknown): string {
  if (typeof value !== "string") return wrong(where, "a string", value);
  if (value.length > MOST_CHARACTERS) {
    throw failure("argument", `${where}: ${value.length} characters; the most is ${MOST_CHARACTERS}`);
  }
  const lone = /\p{Surrogate}/u.exec(value);
  if (lone) throw failure("argument", `${where}: half a surrogate pair at ${lone.index}: that is no character`);
  return value;
}

/** Bytes that were given: looked at by their tag, so that those of another frame are bytes too. */
export function bytes(where: string, value: unknown): Uint8Array {
  const whole = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
  if (Object.prototype.toString.call(whole) !== "[object Uint8Array]" || !ArrayBuffer.isView(whole)) {
    return wrong(where, "a Uint8Array or ArrayBuffer", value);
  }
  if (whole.byteLength > MOST_BYTES) {
    throw failure("argument", `${where}: ${whole.byteLength} bytes; the most is ${MOST_BYTES}`);
  }
  return whole as Uint8Array;
}

function number(where: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    return wrong(where, "a whole number from 0 to 4294967295", value);
  }
  return value;
}

function bigint(where: string, value: unknown): bigint {
  if (value instanceof Date) {
    const seconds = Math.floor(value.getTime() / 1000);
    if (Number.isNaN(seconds)) throw failure("argument", `${where}: an invalid Date`);
    return BigInt(seconds);
  }
  const whole = typeof value === "number" && Number.isSafeInteger(Math.floor(value)) ? BigInt(Math.floor(value)) : value;
  if (typeof whole !== "bigint" || whole !== BigInt.asIntN(64, whole)) {
    return wrong(where, "a whole number of 64 bits, or a Date", value);
  }
  return whole;
}

/** Every text in a plain object, to some depth. */
function object(where: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return wrong(where, "an object", value);
  let left = MOST_PARTS;
  const look = (where: string, value: unknown, depth: number): void => {
    if (typeof value === "string") text(where, value);
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
    if (depth > 16) throw failure("argument", `${where}: objects in objects, deeper than 16`);
    for (const key of Object.keys(value)) {
      left -= 1;
      if (left < 0) throw failure("argument", `${where}: more than ${MOST_PARTS} fields`);
      look(`${where}.${key}`, (value as Record<string, unknown>)[key], depth + 1);
    }
  };
  look(where, value, 0);
  return value;
}

function boolean(where: string, value: unknown): boolean {
  return typeof value === "boolean" ? value : wrong(where, "true or false", value);
}

const kinds: Record<string, (where: string, value: unknown) => unknown> = {
  string: text,
  bytes,
  number,
  bigint,
  boolean,
  object,
};

function take(where: string, type: string, value: unknown): unknown {
  if (type.endsWith("?")) return value === undefined || value === null ? undefined : take(where, type.slice(0, -1), value);
  if (type.endsWith("[]")) {
    if (!Array.isArray(value)) return wrong(where, "an array", value);
    if (value.length > MOST_PARTS) throw failure("argument", `${where}: ${value.length} entries; the most is ${MOST_PARTS}`);
    return value.map((entry, at) => take(`${where}[${at}]`, type.slice(0, -2), entry));
  }
  const kind = kinds[type];
  return kind ? kind(where, value) : value;
}

/** Calls into the module; `arguments` as `name:type`. */
function call(name: string, signature: Signature, given: unknown[], into: (args: unknown[]) => unknown): unknown {
  if (state === "unready") throw failure("argument", `${name}: the module isn't there yet: await init() first`);
  if (state === "stopped") throw failure("unknown_here", `${name}: the module stopped in an earlier call: load the page anew`);
  const args = signature.map((parameter, at) => {
    const colon = parameter.indexOf(":");
    return take(`${name}: ${parameter.slice(0, colon)}`, parameter.slice(colon + 1), given[at]);
  });
  try {
    return into(args);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      // Memory may be half written: nothing is believed from here on.
      state = "stopped";
      const why = `${name}: the module stopped (${error.message}): load the page anew and please report this`;
      throw failure("unknown_here", why, { cause: error });
    }
    throw understood(error);
  }
}

/** A function of the module, guarded. */
export function guardFunction<F extends (...args: never[]) => unknown>(raw: F, name: string, signature: Signature): F {
  const guarded = (...given: unknown[]) => call(name, signature, given, (args) => raw(...(args as never[])));
  return Object.defineProperty(guarded, "name", { value: name }) as unknown as F;
}

type Class = (new (...args: never[]) => object) & { prototype: object };

/** A class of the module, guarded: its methods in place, its constructor by a proxy, so that `instanceof` stays. */
export function guardClass<C extends Class>(raw: C, signatures: Readonly<Record<string, Signature>>): C {
  for (const [key, signature] of Object.entries(signatures)) {
    if (key === "constructor") continue;
    const still = key.startsWith("static ");
    const name = still ? key.slice("static ".length) : key;
    const owner = (still ? raw : raw.prototype) as Record<string, (...args: unknown[]) => unknown>;
    const method = owner[name];
    if (!method) throw new Error(`${raw.name} has no ${name}`);
    const full = `${raw.name}.${name}`;
    const guarded = function (this: { __wbg_ptr?: number }, ...given: unknown[]) {
      if (!still) {
        if (!(this instanceof raw)) return wrong(full, `a ${raw.name} before the dot`, this);
        if ((this as { __wbg_ptr?: number }).__wbg_ptr === 0) {
          throw failure("argument", `${full}: this ${raw.name} was freed`);
        }
      }
      return call(full, signature, given, (args) => method.apply(this, args));
    };
    Object.defineProperty(owner, name, { value: guarded, writable: true, configurable: true });
  }
  const free = raw.prototype as { free?: () => void; [Symbol.dispose]?: () => void };
  const once = free.free;
  if (once) {
    // Freed twice is freed.
    free.free = function (this: { __wbg_ptr?: number }) {
      if (this.__wbg_ptr !== 0) once.call(this);
    };
    if (Symbol.dispose) free[Symbol.dispose] = free.free;
  }
  return new Proxy(raw, {
    construct(target, given, newTarget) {
      const signature = signatures["constructor"];
      if (!signature) throw new TypeError(`${raw.name} isn't made by new`);
      return call(raw.name, signature, given, (args) => Reflect.construct(target, args, newTarget)) as object;
    },
    apply() {
      throw new TypeError(`${raw.name} is a class: new ${raw.name}(…)`);
    },
  });
}
