// A device at work in the worker: its files in IndexedDB, its key in WebCrypto, called by the page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { init, Verifier } from "medlot";
import { ministry, NOW } from "../authority.js";
import { hub } from "../hub.js";
import { site } from "./served.js";

let served, authority;
before(async () => {
  authority = ministry();
  served = await site();
  await init();
});
after(async () => {
  authority?.end();
  await served?.end();
});

const hex = (bytes) => Buffer.from(bytes).toString("hex");

/** Runs in the page: opens a device in a worker of the page's. */
const opened = async ({ name, invitation, now, ...options }) => {
  globalThis.worker ??= await medlot.MedlotWorker.start();
  globalThis.at = new Date(now);
  const join = invitation && { invitation: bytes(invitation), label: "the worker" };
  globalThis.device = await worker.open(name, { ...options, ...(join && { join }), now: at });
  globalThis.line = (lot, quantity) => ({ product: "gtin:08934567000017", lot, expiry: "2028-06", quantity });
  globalThis.comesIn = (lot, quantity, by = device) => by.record("in", line(lot, quantity), false, "vi", at);
  globalThis.shelf = async () => (await device.stock({}, 0, 100, "vi", at)).rows.map(({ lot, onHand }) => [lot, onHand]);
  globalThis.failed = (call) => call.then(() => "nothing was thrown", (error) => [error instanceof medlot.MedlotError, error.code ?? error.name, error.message]);
  return device.status();
};

/** A page whose worker has a device of this facility, enrolled. */
async function counter(facility, options = {}, expected = undefined) {
  const page = await served.page(expected);
  await page.evaluate(opened, { name: `worker-${facility}`, invitation: hex(authority.invite(facility)), now: NOW, ...options });
  const request = await page.evaluate(async () => [...(await device.request())]);
  const enrolment = hex(authority.enrol(Uint8Array.from(request)));
  const said = await page.evaluate((enrolment) => device.accept(bytes(enrolment), at), enrolment);
  assert.equal(said.enrolled, true, JSON.stringify(said));
  return { page, enrolment };
}

for (const signer of [undefined, { name: "worker-key", suite: "p256" }]) {
  const facility = signer ? "01C61" : "01C60";
  test(`a device in the worker joins, records, seals and goes on after a new start, its key ${signer ? "in WebCrypto" : "with its files"}`, async () => {
    const { page, enrolment } = await counter(facility, signer && { signer });
    const [types, sealed] = await page.evaluate(async () => {
      const [first, second] = await Promise.all([comesIn("A1", "100"), comesIn("B2", "50")]);
      return [[first.records[0].lot, second.first - first.first], await device.seal(at)];
    });
    assert.deepEqual(types, ["A1", 1]);
    assert.ok(sealed >= 2, `${sealed} sealed`);
    // The page is closed without a word: what was answered is there.
    await page.close();
    const again = await served.page();
    const status = await again.evaluate(opened, { name: `worker-${facility}`, now: NOW, wait: true, ...(signer && { signer }) });
    assert.deepEqual([status.enrolled, status.facility], [true, facility]);
    assert.deepEqual(await again.evaluate(() => shelf()), [["A1", 100], ["B2", 50]]);
    const extract = await again.evaluate(async () => {
      await comesIn("C3", "7");
      await device.seal(at);
      return [...(await device.extract(0))];
    });
    const verifier = new Verifier(authority.root());
    verifier.keep(Buffer.from(enrolment, "hex"));
    const verdict = verifier.verify(Uint8Array.from(extract), new Date(NOW), facility);
    assert.equal(verdict.verdict, "valid", JSON.stringify(verdict.reasons));
    await again.close();
  });
}

test("what fails in the worker says its code in the page, and what the worker does by itself isn't the page's", async () => {
  const { page } = await counter("01C62");
  const said = await page.evaluate(async () => {
    const failures = {
      argument: await failed(comesIn("A1", "many")),
      none: await failed(device.nothing()),
      object: await failed(device.toString()),
      kept: await failed(device.confirm()),
      early: await failed(worker.open("worker-none")),
    };
    await device.close();
    failures.closed = await failed(device.status());
    // It is free for others then.
    const again = await worker.open("worker-01C62", { now: at });
    const { facility } = await again.status();
    await again.close();
    return { failures, facility };
  });
  const codes = Object.fromEntries(Object.entries(said.failures).map(([name, [is, code]]) => [name, is && code]));
  assert.deepEqual(codes, { argument: said.failures.argument[1], none: 4001, object: 4001, kept: 4001, early: 4003, closed: 4001 });
  assert.ok(said.failures.argument[1] >= 1000, JSON.stringify(said.failures.argument));
  assert.match(said.failures.kept[2], /by itself/);
  assert.match(said.failures.closed[2], /closed/);
  assert.equal(said.facility, "01C62");
  await page.close();
});

test("two tabs never have one device: the second fails at once, or waits and may give up", async () => {
  const { page } = await counter("01C63");
  const other = await served.page();
  const said = await other.evaluate(async () => {
    globalThis.worker = await medlot.MedlotWorker.start();
    const fails = (call) => call.then(() => "opened", ({ codeName, name, message }) => [codeName ?? name, message]);
    const at_once = await fails(worker.open("worker-01C63"));
    const gives_up = new AbortController();
    const waiting = fails(worker.open("worker-01C63", { wait: true, signal: gives_up.signal }));
    setTimeout(() => gives_up.abort(new DOMException("the person went on", "AbortError")), 100);
    return [at_once, await waiting];
  });
  assert.equal(said[0][0], "folder");
  assert.match(said[0][1], /another tab/);
  assert.deepEqual(said[1], ["AbortError", "the person went on"]);
  const waiting = other.evaluate(async () => (await (await worker.open("worker-01C63", { wait: true })).status()).facility);
  await page.evaluate(() => worker.stop());
  assert.equal(await waiting, "01C63", "a worker that ended lets it go");
  await other.close();
  await page.close();
});

test("a call that was cancelled before it began never happened, one that had begun is answered", async () => {
  const { page } = await counter("01C64");
  const said = await page.evaluate(async () => {
    const ends = new AbortController();
    const with_it = device.with({ signal: ends.signal });
    const calls = [comesIn("A1", "1"), ...["B2", "C3"].map((lot) => comesIn(lot, "1", with_it))];
    ends.abort(new DOMException("enough", "AbortError"));
    const late = comesIn("D4", "1", with_it);
    const outcomes = await Promise.allSettled([...calls, late, comesIn("E5", "1")]);
    return [outcomes.map(({ status, reason }) => reason?.message ?? status), await shelf()];
  });
  assert.deepEqual(said, [["fulfilled", "enough", "enough", "enough", "fulfilled"], [["A1", 1], ["E5", 1]]]);
  await page.close();
});

test("a device in the worker synchronises with a server, says how far it is, and can be stopped", async () => {
  const { page } = await counter("01C65", { signer: { name: "worker-sync" } }, /Failed to load resource/);
  const server = hub(authority.root());
  served.answer("/v1/sync", server.answer);
  const [answer, told] = await page.evaluate(async () => {
    for (let day = 0; day < 3; day++) {
      await comesIn(`A${day}`, "100");
      await device.seal(at);
    }
    const told = [];
    const answer = await device.synchronise("/v1/sync", { now: at, progress: ({ sent, done }) => told.push([sent.pieces, done]) });
    return [answer, told];
  });
  assert.equal(answer.done, true, JSON.stringify(answer));
  assert.ok(answer.sent.pieces >= 3, JSON.stringify(answer));
  assert.deepEqual(told.at(-1), [answer.sent.pieces, true]);
  const rows = server.verifier().stock({ facility: "01C65" }, 0, 10, "en", new Date(NOW)).rows;
  assert.deepEqual(rows.map(({ lot, onHand }) => [lot, onHand]), [["A0", 100], ["A1", 100], ["A2", 100]]);
  // A server that never answers, and a person who doesn't wait.
  served.answer("/v1/sync", () => new Promise(() => undefined));
  const [stopped, code, status] = await page.evaluate(async () => {
    const ends = new AbortController();
    const session = device.synchronise("/v1/sync", { now: at, signal: ends.signal }).catch(({ name, message }) => [name, message]);
    await new Promise((wait) => setTimeout(wait, 200));
    const busy = await failed(device.status());
    ends.abort(new DOMException("enough", "AbortError"));
    return [await session, busy[1], await device.status()];
  });
  assert.deepEqual([stopped, code, status.facility], [["AbortError", "enough"], 4004, "01C65"]);
  served.answer("/v1/sync", () => ({ status: 500, bytes: Buffer.from("out of order") }));
  const refused = await page.evaluate(() => failed(device.synchronise("/v1/sync", { now: at })));
  assert.equal(refused[1], 4005);
  assert.match(refused[2], /500: out of order/);
  await page.close();
});

test("a new key of WebCrypto takes over in the worker once it is enrolled", async () => {
  const { page } = await counter("01C66", { signer: { name: "worker-old" } });
  const [log, request] = await page.evaluate(async () => {
    await comesIn("A1", "100");
    await device.seal(at);
    globalThis.later = new Date(at.getTime() + 60_000);
    const { log } = await device.status();
    return [log, [...(await device.renew({ name: "worker-new", suite: "p256" }, later))]];
  });
  const enrolment = hex(authority.renew(Uint8Array.from(request), log));
  const said = await page.evaluate(async (enrolment) => {
    // A page that is opened anew on the way.
    await device.close();
    globalThis.device = await worker.open("worker-01C66", { signer: { name: "worker-old" }, next: { name: "worker-new" }, now: later });
    await device.accept(bytes(enrolment), later);
    await comesIn("B2", "7");
    const sealed = await device.seal(later);
    const { log, unsealed, enrolled } = await device.status();
    await device.close();
    globalThis.device = await worker.open("worker-01C66", { signer: { name: "worker-new" }, now: later });
    await comesIn("C3", "1");
    await device.seal(later);
    return [log, unsealed, enrolled, sealed > 0, await shelf()];
  }, enrolment);
  assert.notEqual(said[0], log);
  assert.deepEqual(said.slice(1), [0, true, true, [["A1", 100], ["B2", 7], ["C3", 1]]]);
  await page.close();
});
