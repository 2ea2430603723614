// IndexedDB and WebCrypto, in Chromium.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { site } from "./served.js";

let served;
before(async () => (served = await site()));
after(() => served?.end());
const page = () => served.page();

test("what is written, appended and removed is loaded again by the next page", async () => {
  const first = await page();
  await first.evaluate(async () => {
    const store = await medlot.IdbStore.open("files");
    await store.apply([
      { kind: "write", name: "log", bytes: Uint8Array.of(1, 2) },
      { kind: "append", name: "log", bytes: Uint8Array.of(3), at: 2 },
      { kind: "write", name: "gone", bytes: Uint8Array.of(9) },
      { kind: "append", name: "begun", bytes: Uint8Array.of(7), at: 0 },
      { kind: "write", name: "empty", bytes: new Uint8Array() },
    ]);
    await store.apply([
      { kind: "append", name: "log", bytes: Uint8Array.of(4, 5), at: 3 },
      { kind: "remove", name: "gone" },
      { kind: "append", name: "empty", bytes: Uint8Array.of(6), at: 0 },
      { kind: "write", name: "log2", bytes: Uint8Array.of(8) },
    ]);
    const view = new Uint8Array([0, 0, 42, 0]).subarray(2, 3);
    await store.apply([{ kind: "write", name: "begun", bytes: view }]);
  });
  await first.close();
  const second = await page();
  const files = await second.evaluate(async () => {
    const store = await medlot.IdbStore.open("files", { wait: true });
    return (await store.load()).map(({ name, bytes }) => [name, [...bytes]]);
  });
  assert.deepEqual(files, [["begun", [42]], ["empty", [6]], ["log", [1, 2, 3, 4, 5]], ["log2", [8]]]);
  await second.close();
});

test("what stands from an append's place on goes first, wherever it was put", async () => {
  const tab = await page();
  const seen = await tab.evaluate(async () => {
    const store = await medlot.IdbStore.open("cut");
    const append = (at, ...bytes) => ({ kind: "append", name: "log", bytes: Uint8Array.from(bytes), at });
    const now = async () => [...(await store.load()).find(({ name }) => name === "log").bytes];
    const seen = [];
    await store.apply([append(0, 1, 2, 3), append(3, 4, 5, 6), append(6, 7)]);
    for (const change of [append(7, 8), append(4, 9), append(3, 10), append(2), append(2, 11), append(0, 12), append(0)]) {
      await store.apply([change, { kind: "write", name: "log2", bytes: Uint8Array.of(0) }]);
      seen.push(await now());
    }
    await store.close();
    return seen;
  });
  assert.deepEqual(seen, [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 9], [1, 2, 3, 10], [1, 2], [1, 2, 11], [12], []]);
  await tab.close();
});

test("one change that can't be keeps every change of its call out", async () => {
  const tab = await page();
  const { failures, files } = await tab.evaluate(async () => {
    const store = await medlot.IdbStore.open("whole");
    await store.apply([{ kind: "write", name: "log", bytes: Uint8Array.of(1) }]);
    const good = { kind: "write", name: "other", bytes: Uint8Array.of(2) };
    const bad = [
      { kind: "append", name: "log", bytes: Uint8Array.of(2), at: -1 },
      { kind: "append", name: "log", bytes: Uint8Array.of(2), at: 2 },
      { kind: "append", name: "log", bytes: Uint8Array.of(2) },
      { kind: "append", name: "log", bytes: "text", at: 1 },
      { kind: "write", name: 5, bytes: Uint8Array.of(2) },
      { kind: "truncate", name: "log", bytes: Uint8Array.of(2) },
      {},
      null,
    ];
    const failures = [];
    for (const change of bad) {
      failures.push(await store.apply([good, change]).then(() => "kept", (error) => [error.name, error.message]));
    }
    return { failures, files: (await store.load()).map(({ name, bytes }) => [name, [...bytes]]) };
  });
  assert.equal(failures.length, 8);
  for (const [name, text] of failures) {
    assert.equal(name, "MedlotError", text);
    assert.match(text, /at of log|bytes of log|name:|kind:/);
  }
  assert.deepEqual(files, [["log", [1]]]);
  await tab.close();
});

test("a second tab is told that the store is in use, or waits for it", async () => {
  const [first, second] = [await page(), await page()];
  await first.evaluate(async () => {
    globalThis.store = await medlot.IdbStore.open("shared");
    await store.apply([{ kind: "write", name: "log", bytes: Uint8Array.of(1) }]);
  });
  const told = await second.evaluate(() =>
    medlot.IdbStore.open("shared").then(() => "opened", ({ name, code, message }) => ({ name, code, message })));
  assert.deepEqual([told.name, told.code], ["MedlotError", 4003]);
  assert.match(told.message, /in use in another tab/);
  const given = await second.evaluate(() =>
    medlot.IdbStore.open("shared", { wait: true, signal: AbortSignal.timeout(50) }).then(() => "opened", ({ name }) => name));
  assert.equal(given, "MedlotError");
  const waiting = second.evaluate(async () => {
    const store = await medlot.IdbStore.open("shared", { wait: true });
    return (await store.load()).map(({ name, bytes }) => [name, [...bytes]]);
  });
  const closed = await first.evaluate(async () => {
    store.close();
    return store.load().catch(({ message }) => message);
  });
  assert.match(closed, /closed/);
  assert.deepEqual(await waiting, [["log", [1]]]);
  // Another device's store is another's.
  assert.equal(await first.evaluate(() => medlot.IdbStore.open("another").then(() => "opened")), "opened");
  await Promise.all([first.close(), second.close()]);
});

test("tabs that are killed while they write leave whole groups, and at least what was acknowledged", async (t) => {
  // Each group: a chunk in two files, and the count of groups in a third.
  const write = () => {
    (async () => {
      const store = await medlot.IdbStore.open("killed", { wait: true });
      const length = async (name) => (await store.load()).find((file) => file.name === name)?.bytes.length ?? 0;
      let at = await length("a");
      for (;;) {
        const chunk = new Uint8Array(10_000).fill(at / 10_000);
        const group = ["a", "b"].map((name) => ({ kind: "append", name, bytes: chunk, at }));
        await store.apply([...group, { kind: "write", name: "count", bytes: new Uint8Array(new Uint32Array([at / 10_000 + 1]).buffer) }]);
        at += chunk.length;
        globalThis.acknowledged = at / 10_000;
      }
    })();
  };
  let before = 0;
  let cut = 0;
  for (let round = 0; round < 6; round++) {
    const tab = await page();
    await tab.evaluate(write);
    await tab.waitForFunction((least) => globalThis.acknowledged > least, before);
    await new Promise((later) => setTimeout(later, 9 * round));
    const acknowledged = await tab.evaluate(() => globalThis.acknowledged);
    // The renderer process ends at once, whatever it was doing.
    const session = await tab.context().newCDPSession(tab);
    const crashed = new Promise((gone) => tab.once("crash", gone));
    session.send("Page.crash").catch(() => undefined);
    await crashed;
    await tab.close();
    const reader = await page();
    const { a, b, count, right } = await reader.evaluate(async () => {
      const store = await medlot.IdbStore.open("killed", { wait: true });
      const files = Object.fromEntries((await store.load()).map(({ name, bytes }) => [name, bytes]));
      const right = ["a", "b"].every((name) => files[name].every((byte, at) => byte === (Math.floor(at / 10_000) & 0xff)));
      return { a: files.a.length, b: files.b.length, count: new Uint32Array(files.count.slice().buffer)[0], right };
    });
    assert.equal(a, b);
    assert.equal(a, count * 10_000);
    assert.ok(right, "the bytes are those written");
    assert.ok(count >= acknowledged, `${count} groups are kept of ${acknowledged} acknowledged`);
    if (count > acknowledged) cut++;
    before = count;
    await reader.close();
  }
  assert.ok(before >= 6, `${before} groups`);
  t.diagnostic(`${before} groups; ${cut} of 6 kills came after more was kept than was known here`);
});

test("a worker keeps files as a page does", async () => {
  const tab = await page();
  const files = await tab.evaluate(async () => {
    const worker = new Worker("/pages/keeper.js", { type: "module" });
    const kept = await new Promise((done, failed) => {
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = ({ message }) => failed(new Error(message));
    });
    worker.terminate();
    // The worker's end lets the store go.
    const store = await medlot.IdbStore.open("worker", { wait: true });
    return { kept, files: (await store.load()).map(({ name, bytes }) => [name, [...bytes]]) };
  });
  assert.deepEqual(files, { kept: "kept", files: [["log", [1, 2]]] });
  await tab.close();
});

test("a store that is deleted ends, and its device begins anew", async () => {
  const tab = await page();
  const said = await tab.evaluate(async () => {
    const store = await medlot.IdbStore.open("removed");
    await store.apply([{ kind: "write", name: "log", bytes: Uint8Array.of(1) }]);
    const held = await medlot.IdbStore.remove("removed").then(() => "removed", ({ message }) => message);
    await store.close();
    await medlot.IdbStore.remove("removed");
    const anew = await medlot.IdbStore.open("removed");
    return { held, files: await anew.load() };
  });
  assert.match(said.held, /in use/);
  assert.deepEqual(said.files, []);
  await tab.close();
});

for (const suite of ["p256", "ed25519"]) {
  test(`a key of ${suite} signs, stays after a new start, and can't be exported`, async (t) => {
    const first = await page();
    if (!(await first.evaluate((suite) => medlot.WebCryptoSigner.has(suite), suite))) {
      assert.notEqual(suite, "p256", "every browser has P-256");
      t.skip(`this Chromium has no ${suite}`);
      return;
    }
    const open = async ([name, suite]) => {
      const signer = await medlot.WebCryptoSigner.open(name, { suite });
      return [...signer.publicKey()];
    };
    const key = await first.evaluate(open, [`device-${suite}`, suite]);
    assert.equal(key.length, suite === "p256" ? 33 : 32);
    await first.close();
    const second = await page();
    assert.deepEqual(await second.evaluate(open, [`device-${suite}`, suite]), key);
    const { signature, good, other } = await second.evaluate(async (suite) => {
      const signer = await medlot.WebCryptoSigner.open(`device-${suite}`);
      const message = new TextEncoder().encode("what is signed");
      const signature = await signer.sign(message);
      // The public key as the browser itself keeps it.
      const keys = await new Promise((done) => {
        const request = indexedDB.open("medlot-keys");
        request.onsuccess = () => done(request.result);
      });
      const kept = await new Promise((done) => {
        const request = keys.transaction("keys").objectStore("keys").get(`device-${suite}`);
        request.onsuccess = () => done(request.result);
      });
      const how = suite === "p256" ? { name: "ECDSA", hash: "SHA-256" } : { name: "Ed25519" };
      const good = await crypto.subtle.verify(how, kept.publicKey, signature, message);
      const exported = await crypto.subtle.exportKey("pkcs8", kept.privateKey).then(() => "exported", (error) => error.name);
      const wrong = await medlot.WebCryptoSigner.open(`device-${suite}`, { suite: suite === "p256" ? "ed25519" : "p256" })
        .then(() => "opened", ({ code }) => code);
      return { signature: [...signature], good, other: { exported, wrong } };
    }, suite);
    assert.equal(signature.length, 64);
    assert.equal(good, true);
    assert.deepEqual(other, { exported: "InvalidAccessError", wrong: 4003 });
    await verified(suite, key, signature);
    await second.close();
  });
}

/** Node's own crypto takes the key in the form that medlot keeps, and the signature. */
async function verified(suite, key, signature) {
  const { createPublicKey, ECDH, verify } = await import("node:crypto");
  const message = Buffer.from("what is signed");
  if (suite === "p256") {
    const point = ECDH.convertKey(Buffer.from(key), "prime256v1", undefined, undefined, "uncompressed");
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString("base64url"));
    const from = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
    assert.ok(verify("sha256", message, { key: from, dsaEncoding: "ieee-p1363" }, Buffer.from(signature)));
  } else {
    const from = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(key).toString("base64url") }, format: "jwk" });
    assert.ok(verify(undefined, message, from, Buffer.from(signature)));
  }
}

test("two tabs that make the same key at once have one", async () => {
  const [first, second] = [await page(), await page()];
  const open = async () => [...(await medlot.WebCryptoSigner.open("both")).publicKey()];
  const [one, other] = await Promise.all([first.evaluate(open), second.evaluate(open)]);
  assert.deepEqual(one, other);
  await Promise.all([first.close(), second.close()]);
});
