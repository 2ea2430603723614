// The module in a page and in a worker, in Chromium.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bundles } from "../vectors.js";
import { site } from "./served.js";

let served;
before(async () => (served = await site()));
after(() => served?.end());
const page = (expected) => served.page(expected);

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

test("a page scans and verifies, and quickly", async (t) => {
  const tab = await page();
  const some = bundles().filter(({ held }) => held.length === 0);
  const { times, wrong, scanned } = await tab.evaluate(async (vectors) => {
    const code = await (await fetch("/dist/medlot.wasm")).arrayBuffer();
    const began = performance.now();
    const module = await WebAssembly.compile(code);
    const compiled = performance.now();
    await medlot.init(module);
    const times = { compile: compiled - began, instantiate: performance.now() - compiled, first: [], verify: [] };
    const [wrong, roots] = [[], new Set()];
    for (const { name, root, object, verdict } of vectors) {
      const verifier = new medlot.Verifier(bytes(root));
      const whole = bytes(object);
      const began = performance.now();
      const said = verifier.verify(whole);
      // Bundles of one root share enrolments, and a seal is checked once: a root's first one is the whole work.
      (roots.has(root) ? times.verify : times.first).push(performance.now() - began);
      roots.add(root);
      verifier.free();
      if (said.verdict !== verdict) wrong.push(`${name}: ${said.verdict}`);
    }
    return { times, wrong, scanned: medlot.scan("010340093595583810A21\u001d17271130", undefined, "2026-11-23") };
  }, some);
  assert.deepEqual(wrong, []);
  assert.equal(scanned.item.lot, "A21");
  const [first, verify] = [times.first, times.verify].map((all) => `${median(all).toFixed(2)} ms (median of ${all.length})`);
  t.diagnostic(`compile ${times.compile.toFixed(1)} ms, instantiate ${times.instantiate.toFixed(1)} ms`);
  t.diagnostic(`verify a bundle with every seal new ${first}, with some that held before ${verify}`);
  assert.ok(times.instantiate <= 20, `instantiate: ${times.instantiate} ms`);
  assert.ok(median(times.first) <= 5, `verify: ${first}`);
  await tab.close();
});

test("the worker answers the same as the page, and keeps what fails apart from what it says", async () => {
  const tab = await page();
  const [vector] = bundles();
  const said = await tab.evaluate(async ({ root, object }) => {
    await medlot.init();
    const own = new medlot.Verifier(bytes(root)).verify(bytes(object));
    const worker = await medlot.MedlotWorker.start();
    const verifier = await worker.make("Verifier", bytes(root));
    const theirs = await verifier.verify(bytes(object));
    const scanned = await worker.call("scan", "10LOT1", null, "2026-11-23");
    const failed = async (call) => {
      try {
        await call();
        return "nothing was thrown";
      } catch (error) {
        return { medlot: error instanceof medlot.MedlotError, type: error.name, code: error.code, text: error.message };
      }
    };
    const failures = {
      argument: await failed(() => worker.call("scan", "10LOT1", null, "yesterday")),
      uncloneable: await failed(() => worker.call("scan", () => 1, null, "2026-11-23")),
      name: await failed(() => worker.call("toString")),
      method: await failed(() => verifier.constructor()),
    };
    await verifier.free();
    failures.freed = await failed(() => verifier.verify(bytes(object)));
    const left = failed(() => worker.call("scan", "10LOT1", null, "2026-11-23"));
    worker.stop();
    failures.stopped = await left;
    failures.later = await failed(() => worker.call("scan", "10LOT1", null, "2026-11-23"));
    return { own, theirs, scanned, failures };
  }, vector);
  assert.deepEqual(said.theirs, said.own);
  assert.deepEqual(said.scanned.item.incomplete, ["01"]);
  for (const [name, failure] of Object.entries(said.failures)) assert.equal(failure.medlot, true, `${name}: ${JSON.stringify(failure)}`);
  assert.match(said.failures.argument.text, /yesterday/);
  assert.match(said.failures.freed.text, /freed/);
  assert.match(said.failures.stopped.text, /ended/);
  assert.match(said.failures.later.text, /ended/);
  await tab.close();
});

test("a worker or a module that isn't there is a clear error", async () => {
  const tab = await page(/404/);
  const said = await tab.evaluate(async () => {
    const failed = (options) =>
      medlot.MedlotWorker.start(options).then(() => "started", (error) => [error.constructor === medlot.MedlotError, error.code, error.message]);
    return {
      module: await failed({ module: "/dist/none.wasm" }),
      bytes: await failed({ module: new Uint8Array([1, 2, 3]) }),
      worker: await failed({ worker: new Worker("/dist/none.js", { type: "module" }) }),
      own: await medlot.init("/dist/none.wasm").catch(({ code, message }) => [true, code, message]),
      again: await medlot.init().then(() => "there"),
    };
  });
  for (const way of ["module", "bytes", "own"]) {
    assert.deepEqual(said[way].slice(0, 2), [true, 4002], way);
    assert.match(said[way][2], /module couldn't be loaded: .+/);
  }
  assert.deepEqual(said.worker.slice(0, 2), [true, 4005]);
  assert.match(said.worker[2], /worker of medlot ended: its script couldn't be loaded/);
  assert.equal(said.again, "there");
  await tab.close();
});

test("the page goes on while the worker works", async () => {
  const tab = await page();
  const [vector] = bundles();
  const { turns, asked } = await tab.evaluate(async ({ root, object }) => {
    const worker = await medlot.MedlotWorker.start();
    const verifier = await worker.make("Verifier", bytes(root));
    let turns = 0;
    let going = true;
    const turn = () => {
      turns++;
      if (going) setTimeout(turn);
    };
    turn();
    const asked = 100;
    await Promise.all(Array.from({ length: asked }, () => verifier.verify(bytes(object))));
    going = false;
    worker.stop();
    return { turns, asked };
  }, vector);
  assert.ok(turns > 3, `${turns} turns of the page in ${asked} calls`);
  await tab.close();
});

test("the example's page says what a scanner typed", async () => {
  const tab = await page();
  await tab.goto(`${served.origin}/example/page.html`);
  const typed = async (text, said) => {
    await tab.fill("#scan", text);
    await tab.press("#scan", "Enter");
    await tab.waitForFunction((said) => document.querySelector("#said").value === said, said);
  };
  await typed("(01)03400935955838(10)A21(17)271130", "03400935955838 lô A21 hạn 2027-11-30");
  await typed("010340093595583810AB{GS}17271130", "03400935955838 lô AB hạn 2027-11-30");
  await typed("MEDLOT1:ABC", "foreign");
  await tab.close();
});
