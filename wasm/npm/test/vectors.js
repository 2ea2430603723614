// The repository's committed vectors, for tests.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";

const repository = new URL("../../../", import.meta.url);

/** A file of JSON lines. */
export const rows = (path) =>
  readFileSync(new URL(path, repository), "utf8").trim().split("\n").map((line) => JSON.parse(line));

export const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

export const bundles = () => rows("tests/vectors/v1/bundles.jsonl");

/** Each group of vectors that goes through the module: its file, and the least that must stand in it. */
export const GROUPS = {
  bundles: ["tests/vectors/v1/bundles.jsonl", 800],
  records: ["tests/vectors/v1/records.jsonl", 5_000],
  segments: ["tests/vectors/v1/segments.jsonl", 500],
  ledger: ["tests/vectors/v1/ledger.jsonl", 500],
  log: ["tests/vectors/v1/log.jsonl", 1_000],
  sync: ["tests/vectors/v1/sync.jsonl", 100],
  scans: ["tests/data/scans.jsonl", 100],
};

/** No vector of a group may be wrong. Says how many agreed where `cargo xtask conformance` wants to know. */
export async function agree(language, group, wrong) {
  const [path, least] = GROUPS[group];
  const all = rows(path);
  assert.ok(all.length > least, `${path}: ${all.length} vectors`);
  const found = await wrong(all);
  const file = process.env.MEDLOT_CONFORMANCE;
  if (file) appendFileSync(file, `conformance ${language} ${group} ${all.length - found.length}\n`);
  assert.deepEqual(found.slice(0, 10), []);
}
