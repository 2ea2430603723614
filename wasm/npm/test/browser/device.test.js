// A device at work in Chromium: its files in IndexedDB, its key in WebCrypto, its records verified in Node.js.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { init, Verifier } from "medlot";
import { ministry, NOW } from "../authority.js";
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

/** Runs in the page: opens, with a key of the browser where a suite is given. */
const opened = async ({ name, suite, invitation, now }) => {
  await medlot.init();
  const signer = suite && (await medlot.WebCryptoSigner.open(name, { suite }));
  const join = invitation && { invitation: bytes(invitation), label: "the page" };
  globalThis.at = new Date(now);
  globalThis.open = await medlot.open(name, { ...(signer && { signer }), ...(join && { join }), now: at, wait: true });
  globalThis.line = (lot, quantity) => ({ product: "gtin:08934567000017", lot, expiry: "2028-06", quantity });
  globalThis.comesIn = (lot, quantity) => open.write((device) => device.record("in", line(lot, quantity), false, "vi", at));
  globalThis.shelf = () =>
    open.device.stock({}, 0, 100, "vi", at).rows.map(({ lot, onHand }) => [lot, onHand]);
  return open.device.status();
};

const hex = (bytes) => Buffer.from(bytes).toString("hex");

for (const suite of [undefined, "p256", "ed25519"]) {
  test(`a page joins, records, seals and goes on after a new start, ${suite ? `its ${suite} key in WebCrypto` : "its key with its files"}`, async (t) => {
    const facility = { p256: "01C56", ed25519: "01C57" }[suite] ?? "01C55";
    const name = `device-${facility}`;
    const first = await served.page();
    if (suite && !(await first.evaluate((suite) => medlot.WebCryptoSigner.has(suite), suite))) return t.skip(`no ${suite} here`);
    await first.evaluate(opened, { name, suite, invitation: hex(authority.invite(facility)), now: NOW });
    const request = await first.evaluate(() => [...open.device.request()]);
    const enrolment = hex(authority.enrol(Uint8Array.from(request)));
    const said = await first.evaluate((enrolment) => open.write((device) => device.accept(bytes(enrolment), at)), enrolment);
    assert.equal(said.enrolled, true, JSON.stringify(said));
    const sealed = await first.evaluate(async () => {
      await Promise.all([comesIn("A1", "100"), comesIn("B2", "50")]);
      return open.seal(at);
    });
    assert.ok(sealed >= 2, `${sealed} sealed`);
    await first.close();
    // A new page: what was given out as written is there, and the same key signs on.
    const second = await served.page();
    const status = await second.evaluate(opened, { name, suite, now: NOW });
    assert.deepEqual([status.enrolled, status.facility], [true, facility]);
    const shelf = await second.evaluate(() => shelf());
    assert.deepEqual(shelf, [["A1", 100], ["B2", 50]]);
    const extract = await second.evaluate(async () => {
      await comesIn("C3", "7");
      await open.seal(at);
      const extract = [...open.device.extract(0)];
      await open.close();
      return extract;
    });
    const verifier = new Verifier(authority.root());
    verifier.keep(Buffer.from(enrolment, "hex"));
    const verdict = verifier.verify(Uint8Array.from(extract), new Date(NOW), facility);
    assert.equal(verdict.verdict, "valid", JSON.stringify(verdict.reasons));
    assert.equal(verdict.records.filter(({ kind }) => kind === "movement").length, 3);
    await second.close();
  });
}

test("a page that ended while it joined goes on by opening again", async () => {
  const facility = "01C59";
  const tab = await served.page();
  const said = await tab.evaluate(async ({ invitation, now }) => {
    await medlot.init();
    const signer = await medlot.WebCryptoSigner.open("01C59");
    const broken = { suite: signer.suite, publicKey: () => signer.publicKey(), sign: () => Promise.reject(new Error("gone")) };
    const at = new Date(now);
    const first = await medlot.open("01C59", { signer: broken, join: { invitation: bytes(invitation) }, now: at }).catch(({ message }) => message);
    const device = await medlot.open("01C59", { signer, now: at });
    const { unsealed } = device.device.status();
    const request = [...device.device.request()];
    await device.close();
    return { first, unsealed, request };
  }, { invitation: hex(authority.invite(facility)), now: NOW });
  assert.equal(said.first, "gone");
  assert.equal(said.unsealed, 0);
  assert.ok(authority.enrol(Uint8Array.from(said.request)).length > 100);
  await tab.close();
});

test("a call that can't be made durable never happened, and the device ends", async () => {
  const facility = "01C58";
  const tab = await served.page();
  await tab.evaluate(opened, { name: facility, invitation: hex(authority.invite(facility)), now: NOW });
  const request = await tab.evaluate(() => [...open.device.request()]);
  const enrolment = hex(authority.enrol(Uint8Array.from(request)));
  const said = await tab.evaluate(async (enrolment) => {
    await open.write((device) => device.accept(bytes(enrolment), at));
    await comesIn("A1", "100");
    await open.close();
    const closed = await comesIn("A1", "1").catch(({ code }) => code);
    // A disk that is full at the second call.
    const inner = await medlot.IdbStore.open("01C58");
    let left = 1;
    const store = {
      load: () => inner.load(),
      close: () => inner.close(),
      apply: (changes) => (left-- > 0 ? inner.apply(changes) : Promise.reject(new DOMException("full", "QuotaExceededError"))),
    };
    globalThis.open = await medlot.open("01C58", { store, now: at });
    await comesIn("B2", "2");
    const failed = await comesIn("C3", "3").catch((error) => error.name);
    const later = await comesIn("D4", "4").catch(({ code, message, cause }) => [code, message, cause.name]);
    globalThis.open = await medlot.open("01C58", { now: at, wait: true });
    const after = shelf();
    await open.close();
    const empty = await medlot.open("01C99", {}).catch(({ code, message }) => [code, message]);
    return { closed, failed, later, after, empty };
  }, enrolment);
  assert.equal(said.closed, 4013);
  assert.equal(said.failed, "QuotaExceededError");
  assert.deepEqual(said.later, [4003, "the device ended, since what it wrote couldn't be stored: open it anew", "QuotaExceededError"]);
  assert.deepEqual(said.after, [["A1", 100], ["B2", 2]]);
  assert.equal(said.empty[0], 4003);
  assert.match(said.empty[1], /empty.*invitation/);
  await tab.close();
});
