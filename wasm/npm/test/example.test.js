// The examples do what they say.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundles, bytes } from "./vectors.js";

const example = fileURLToPath(new URL("../example/verify.mjs", import.meta.url));

test("the example for Node.js says what may be believed of a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "medlot-"));
  try {
    const [{ root, object, records }] = bundles();
    const file = (name, bytes) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const anchor = file("anchor", bytes(root));
    const said = (...args) => execFileSync(process.execPath, [example, ...args], { encoding: "utf8" });
    assert.match(said(anchor, file("bundle", bytes(object))), new RegExp(`^valid: ${records.length} records`));
    const changed = bytes(object);
    changed[changed.length - 1] ^= 1;
    assert.match(said(anchor, file("changed", changed)), /^invalid: .*\n3002: /);
    assert.match(said(file("text", Buffer.from("text")), anchor), /^\d{4}: .+ \(.+\)\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
