// A committed folder, opened in memory: the stock that stands beside it, in this language as in every other.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Device, init } from "medlot";

await init();

const NOW = "2026-11-24T08:00:00Z";
const folder = fileURLToPath(new URL("../../../tests/data/folder-1", import.meta.url));
const now = new Date(NOW);

function opened() {
  const base = `${folder}/01C55`;
  const entries = readdirSync(base, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== "LOCK").map((entry) => {
    const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
    return { name: path.slice(base.length + 1), bytes: readFileSync(path) };
  });
  return Device.open(files, undefined, now);
}

const stock = (device) => device.stock({}, 0, 100, "en", now);
const line = { product: "gtin:08935221225326", lot: "241021VA", expiry: "2027-03-31", quantity: "10" };
const camel = (key) => key.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

test("the committed folder has the stock that stands beside it", () => {
  const wanted = JSON.parse(readFileSync(`${folder}/stock.json`, "utf8")).stock;
  const { total, rows } = stock(opened());
  assert.deepEqual([total, rows.length], [wanted.length, wanted.length]);
  for (const [at, want] of wanted.entries()) {
    const row = rows[at];
    assert.deepEqual({ [row.product.scheme]: row.product.value }, want.product);
    for (const key of ["lot", "expiry", "store", "fund"]) assert.equal(row[key] ?? undefined, want[key], key);
    for (const key of ["on_hand", "available", "hold", "recalled", "expired", "in_transit_in", "in_transit_out"])
      assert.equal(Number(row[camel(key)]), want[key], key);
  }
});

test("a card's rows are plain objects, a record and what it changes", () => {
  const device = opened();
  const { rows } = device.card({ product: line.product, lot: line.lot }, 0, 100, now);
  assert.ok(rows.length > 0 && rows.every((row) => Object.getPrototypeOf(row) === Object.prototype), `${rows}`);
  const last = rows.at(-1);
  assert.deepEqual([last.lot, last.product, last.bucket], [line.lot, { scheme: "gtin", value: "08935221225326" }, "available"]);
  const standing = stock(device).rows.filter((row) => row.lot === line.lot);
  assert.equal(last.balance, standing.reduce((sum, row) => sum + row.available, 0));
});

test("nothing further is written before the last is stored, and what fails closes it", () => {
  const device = opened();
  const before = Number(stock(device).rows[0].onHand);
  device.record("in", line, false, "vi", now);
  assert.equal(Number(stock(device).rows[0].onHand), before + 10);
  assert.throws(() => device.record("in", line, false, "vi", now), { name: "MedlotError", code: 4012, codeName: "unconfirmed" });
  device.failed();
  assert.throws(() => device.status(), { name: "MedlotError", code: 4013 });
});

test("two devices synchronise over bytes", () => {
  const [a, b] = [opened(), opened()];
  for (const device of [a, b]) device.syncBegin({}, now);
  for (;;) {
    const there = a.syncSend();
    b.syncReceive(there);
    b.confirm();
    const back = b.syncSend();
    a.syncReceive(back);
    a.confirm();
    if (there.length === 0 && back.length === 0) break;
  }
  assert.deepEqual([a, b].map((device) => device.syncFinish(now).done), [true, true]);
});
