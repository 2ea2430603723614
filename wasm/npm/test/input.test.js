// Whatever is given ends in an answer or in one clear error, never in a trap.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { IdbStore, init, MedlotError, MedlotWorker, scan, Verifier, WebCryptoSigner } from "medlot";
import { bundles, bytes } from "./vectors.js";

test("a call before init says what to do", () => {
  assert.throws(() => scan("10LOT1", undefined, "2026-11-23"), { name: "MedlotError", code: 4001, message: /init\(\) first/ });
  assert.throws(() => new Verifier(new Uint8Array()), { name: "MedlotError", message: /init\(\) first/ });
});

test("a module that is none is one clear error, and the next init may do", async () => {
  await assert.rejects(init(new Uint8Array([1, 2, 3])), (error) => {
    assert.ok(error instanceof MedlotError);
    assert.equal(error.code, 4002);
    assert.match(error.message, /module couldn't be loaded: .+/);
    return true;
  });
});

test("init may be called again and at once", async () => {
  await Promise.all([init(), init()]);
  await init();
  assert.equal(scan("10LOT1", undefined, "2026-11-23").outcome, "read");
});

const [{ root, object }] = bundles();
const good = () => new Verifier(bytes(root));
const today = "2026-11-23";

const wrong = [
  ["no argument", () => scan()],
  ["null", () => scan(null, undefined, today)],
  ["a number", () => scan(17, undefined, today)],
  ["bytes for a text", () => scan(new Uint8Array(3), undefined, today)],
  ["a String object", () => scan(new String("10LOT1"), undefined, today)],
  ["an object that says it is long", () => scan({ length: 2 ** 31 }, undefined, today)],
  ["a huge text", () => scan("1".repeat(2 ** 28), undefined, today)],
  ["half a surrogate pair", () => scan("10LOT\ud800", undefined, today)],
  ["the other half", () => scan("\udc0010LOT", undefined, today)],
  ["a number for the separator", () => scan("10LOT1", 29, today)],
  ["a Date for a day", () => scan("10LOT1", undefined, new Date())],
  ["a day that isn't", () => scan("10LOT1", undefined, "2026-02-30")],
  ["an empty anchor", () => new Verifier(new Uint8Array())],
  ["no anchor", () => new Verifier()],
  ["an anchor as hex", () => new Verifier(root)],
  ["an anchor as numbers", () => new Verifier([...bytes(root)])],
  ["an anchor that says it is long", () => new Verifier({ length: 2 ** 32 })],
  ["a huge anchor", () => new Verifier(new Uint8Array(2 ** 27))],
  ["a bundle as anchor", () => new Verifier(bytes(object))],
  ["wide numbers for bytes", () => good().verify(new Uint16Array(4))],
  ["a DataView", () => good().verify(new DataView(new ArrayBuffer(4)))],
  ["null for bytes", () => good().keep(null)],
  ["what is no object of medlot", () => good().keep(new Uint8Array([1, 2, 3]))],
  ["milliseconds for seconds", () => good().verify(bytes(object), Date.now())],
  ["a time that isn't", () => good().verify(bytes(object), NaN)],
  ["an invalid Date", () => good().verify(bytes(object), new Date("never"))],
  ["a time of more than 64 bits", () => good().verify(bytes(object), 2n ** 64n + 1_800_000_000n)],
  ["a time as text", () => good().verify(bytes(object), "now")],
  ["a number as facility", () => good().verify(bytes(object), undefined, 5)],
  ["a method on another object", () => Verifier.prototype.verify.call({}, bytes(object))],
  ["a method on nothing", () => Verifier.prototype.verify.call(undefined, bytes(object))],
];

for (const [name, call] of wrong) {
  test(`${name}: one clear error`, () => {
    assert.throws(call, (error) => {
      assert.ok(error instanceof MedlotError, `${error.stack}`);
      assert.ok(error instanceof Error);
      assert.ok(Number.isInteger(error.code) && error.code >= 1000, `code ${error.code}`);
      assert.match(error.codeName, /^[a-z_]+$/);
      assert.ok(["invalid", "unknown", "usage", "refused"].includes(error.kind), error.kind);
      assert.ok(error.vietnamese.length > 10);
      assert.match(error.message, /\w+/);
      assert.doesNotMatch(error.message, /unreachable|null pointer|undefined \(reading/);
      return true;
    });
    // The module goes on.
    assert.equal(good().verify(bytes(object)).verdict, "valid");
  });
}

test("a class without new is a TypeError", () => {
  assert.throws(() => Verifier(bytes(root)), { name: "TypeError", message: /new Verifier/ });
});

test("a freed object says so, and may be freed twice", () => {
  const verifier = good();
  verifier.free();
  verifier.free();
  verifier[Symbol.dispose]?.();
  assert.throws(() => verifier.verify(bytes(object)), { name: "MedlotError", message: "Verifier.verify: this Verifier was freed" });
});

test("an instant may be a Date, seconds or a bigint", () => {
  const at = new Date("2026-11-23T08:00:00.500Z");
  const seconds = Math.floor(at / 1000);
  const verdicts = [at, seconds, seconds + 0.5, BigInt(seconds)].map((now) => good().verify(bytes(object), now));
  for (const verdict of verdicts) assert.deepEqual(verdict, verdicts[0]);
  assert.notDeepEqual(verdicts[0], good().verify(bytes(object)), "a clock makes a difference");
});

test("bytes may be an ArrayBuffer, a Buffer or a part of another", () => {
  const whole = bytes(object);
  const part = new Uint8Array([9, ...whole, 9]).subarray(1, -1);
  for (const given of [whole.buffer, Buffer.from(whole), part]) assert.equal(good().verify(given).verdict, "valid");
});

test("what this side says of an argument, the module says too", () => {
  const thrown = (call) => {
    try {
      call();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const [own, theirs] = [thrown(() => scan(1, undefined, today)), thrown(() => scan("1", undefined, "never"))];
  for (const key of ["code", "codeName", "kind", "vietnamese", "field", "name"]) assert.equal(own[key], theirs[key], key);
  assert.deepEqual(Object.keys(own.toJSON()).sort(), ["code", "codeName", "field", "kind", "message", "vietnamese"]);
});

test("the Vietnamese sentences of this side are the module's", () => {
  const words = readFileSync(new URL("../../../sdk/src/words.rs", import.meta.url), "utf8");
  const own = readFileSync(new URL("../src/error.ts", import.meta.url), "utf8");
  const sentences = [...own.matchAll(/(400\d),\s+"\w+",\s+"([^"]+)"/g)];
  assert.equal(sentences.length, 4);
  for (const [, code, text] of sentences) assert.ok(words.includes(`(${code}, "${text}")`), code);
});

test("what only browsers have says so in Node.js", async () => {
  const browsers = [() => IdbStore.open("device"), () => WebCryptoSigner.open("device"), () => MedlotWorker.start()];
  for (const open of browsers) {
    await assert.rejects(open(), (error) => error instanceof MedlotError && /page|indexedDB/.test(error.message));
  }
});

test("bytes from anywhere end in an answer", () => {
  // A bundle with each byte changed, and every cut of it.
  const whole = bytes(object);
  const verifier = good();
  const all = verifier.verify(whole).records.length;
  for (let at = 0; at < whole.length; at++) {
    const changed = whole.slice();
    changed[at] ^= 1 << at % 8;
    assert.notEqual(verifier.verify(changed).verdict, "valid", `byte ${at}`);
    // A cut between two elements is a bundle of fewer records.
    const cut = verifier.verify(whole.subarray(0, at));
    assert.ok(cut.verdict !== "valid" || cut.records.length < all, `cut at ${at}`);
  }
  assert.equal(verifier.verify(new Uint8Array(2 ** 22)).verdict, "invalid");
});

test("a million characters are refused, not waited for", () => {
  const from = performance.now();
  assert.equal(scan("1".repeat(2 ** 20), undefined, today).outcome, "refused");
  assert.ok(performance.now() - from < 2000);
});
