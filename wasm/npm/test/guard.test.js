// What guards each call: the types that the declarations state, and nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { init } from "medlot";
import { declared } from "../build/declared.mjs";
import { guardFunction } from "../dist/guard.js";

await init();
const types = `/* tslint:disable */
export interface Wish { name?: string; lines: Line[]; }
export type Word = "in" | "out";
export type Told = { outcome: "read" } | { outcome: "refused" };

export class Device {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Takes it.
     */
    take(wish: Wish, word: Word, many: string[], now?: bigint | null): Told;
    static begin(bytes: Uint8Array | number[], count: number, sum: bigint): Device;
    readonly name: string;
}

export function names(): string[];

export type InitInput = string;
`;

test("declarations become guards, and are widened for callers", () => {
  const { declarations, wrapper } = declared(types);
  assert.match(wrapper, /guardClass\(raw\.Device, \{"take":\["wish:object","word:string","many:string\[\]","now:bigint\?"\],"static begin":\["bytes:bytes","count:number","sum:bigint"\]\}\)/);
  assert.match(wrapper, /guardFunction\(raw\.names, "names", \[\]\)/);
  assert.match(declarations, /take\(wish: Wish, word: Word, many: string\[\], now\?: Instant \| null\): Told;/);
  assert.match(declarations, /static begin\(bytes: Bytes, count: number, sum: number \| bigint\): Device;/);
  assert.doesNotMatch(declarations, /InitInput/);
});

test("a type that nothing guards is an error of the build", () => {
  assert.throws(() => declared(types.replace("wish: Wish", "wish: Map<string, string>")), /Map<string, string>/);
  assert.throws(() => declared(types.replace("InitInput", "Other")), /InitInput/);
});

const one = (type) => guardFunction((value) => value, "call", [`value:${type}`]);
const refused = (type, value, message) =>
  assert.throws(() => one(type)(value), { name: "MedlotError", code: 4001, message }, `${type}: ${String(value)}`);

test("numbers are whole and fit, or are refused", () => {
  for (const good of [0, 1, 4294967295]) assert.equal(one("number")(good), good);
  for (const bad of [-1, 1.5, 4294967296, NaN, Infinity, "1", 1n, null, undefined, [1], true]) {
    refused("number", bad, /^call: value: a whole number from 0 to 4294967295 is needed, not /);
  }
  assert.equal(one("bigint")(-(2n ** 63n)), -(2n ** 63n));
  assert.equal(one("bigint")(7), 7n);
  for (const bad of [2n ** 63n, 2 ** 60, "1", NaN, {}]) refused("bigint", bad, /64 bits/);
});

test("what may be left out is left out by null and undefined alike", () => {
  for (const type of ["string?", "number?", "bytes?", "object?", "string[]?"]) {
    assert.equal(one(type)(null), undefined);
    assert.equal(one(type)(), undefined);
    refused(type, false, /is needed, not false/);
  }
});

test("objects are looked through for texts that are none, to an end", () => {
  const good = { name: "Đà Nẵng", lines: [{ lot: "A" }], none: null, bytes: new Uint8Array(1 << 20) };
  assert.equal(one("object")(good), good);
  refused("object", { lines: [{ lot: "A" }, { lot: "\ud83d" }] }, /value\.lines\.1\.lot: half a surrogate pair at 0/);
  const round = {};
  round.round = round;
  refused("object", round, /deeper than 16/);
  refused("object", { many: new Array(1 << 17).fill(0) }, /more than 65536/);
  for (const bad of [null, undefined, 5, "text"]) refused("object", bad, /an object is needed/);
  refused("string[]", ["a", 5], /value\[1\]: a string is needed, not 5/);
  refused("string[]", "ab", /an array is needed, not a string/);
  refused("boolean", 1, /true or false is needed, not 1/);
});
