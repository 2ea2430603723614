// The committed vectors through the module: what a stranger may believe, and what a scanner's text means.
import assert from "node:assert/strict";
import { test } from "node:test";
import { init, scan, Verifier } from "medlot";
import { bundles, bytes, rows } from "./vectors.js";

await init();

test("every committed bundle gives the verdict, the records and the codes that it states", () => {
  const vectors = bundles();
  assert.ok(vectors.length > 800, `${vectors.length} vectors`);
  for (const { name, root, held, object, verdict, records, error } of vectors) {
    const verifier = new Verifier(bytes(root));
    for (const other of held) verifier.keep(bytes(other));
    const said = verifier.verify(bytes(object));
    verifier.free();
    assert.equal(said.verdict, verdict, name);
    const seen = said.records.map(({ log, index, id, counts, why }) => ({
      log, index, ...(id && { id }), counts, ...(why && { why: why.code }),
    }));
    assert.deepEqual(seen, records, name);
    if (error !== undefined) assert.ok(said.reasons.some(({ code }) => code === error), `${name}: ${error}`);
  }
});

test("every recorded scan comes out as its row says", () => {
  const fields = ["gtin", "lot", "expiry", "serial"];
  const agrees = (got, want, whole) =>
    fields.every((field) => got[field] === want[field] || (!whole && want[field] === undefined)) &&
    Object.entries(want.other ?? {}).every(([ai, value]) =>
      got.elements.some((element) => element.ai === ai && element.value === value));
  const foreign = /HIBC|PPN|PZN|ISO 15434|Chinese|registration number/;
  const perhaps = /garbage|zero-width|leading 0|swapped case/;
  const all = rows("tests/data/scans.jsonl");
  assert.ok(all.length > 100, `${all.length} rows`);
  for (const [at, { raw, expect, recovery_only: recovery, strict_expect: strict }] of all.entries()) {
    const got = scan(raw, undefined, "2026-11-23");
    const is = (...outcomes) => assert.ok(outcomes.includes(got.outcome), `row ${at + 1}: ${JSON.stringify({ raw, expect, got })}`);
    const holds = (good) => assert.ok(good, `row ${at + 1}: ${JSON.stringify({ raw, expect, got })}`);
    const error = expect.error ?? "";
    if (recovery || strict) {
      is("confirm", "refused");
      if (got.outcome === "confirm") holds(got.candidates.some((candidate) => agrees(candidate, expect, true)));
    } else if (expect.candidates) {
      is("confirm");
      holds(expect.candidates.every((want) => got.candidates.some((candidate) => agrees(candidate, want, false))));
    } else if (foreign.test(error)) is("foreign");
    else if (error) perhaps.test(error) ? is("refused", "confirm") : is("refused");
    else {
      is("read");
      holds(agrees(got.item, expect, true));
    }
  }
});
