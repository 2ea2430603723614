// A trap leaves memory half written: nothing is asked of that module again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { init, MedlotError, scan } from "medlot";
import { guardFunction } from "../dist/guard.js";

// (module (func (export "trap") unreachable))
const trapping = new WebAssembly.Module(Uint8Array.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 0x74, 0x72, 0x61, 0x70, 0, 0, 10, 5, 1, 3, 0, 0, 11,
]));

test("a trap is a clear error, and so is every later call", async () => {
  await init();
  const trap = guardFunction(new WebAssembly.Instance(trapping).exports.trap, "trap", []);
  assert.throws(trap, (error) => {
    assert.ok(error instanceof MedlotError);
    assert.equal(error.code, 4005);
    assert.match(error.message, /^trap: the module stopped/);
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    return true;
  });
  assert.throws(() => scan("10LOT1", undefined, "2026-11-23"), { name: "MedlotError", code: 4005, message: /load the page anew/ });
});
