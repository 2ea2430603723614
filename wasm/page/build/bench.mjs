// What the page weighs and how quick it is, in this machine's Chromium: figures to look at, no test.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { sample, site } from "../test/site.mjs";
import { packed } from "./sample.mjs";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
/** Made once for each sample. */
const kept = () => {
  const folder = fileURLToPath(new URL("../node_modules/.cache", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const hash = createHash("sha256").update(readFileSync(join(dist, "sample.bin"))).digest("hex").slice(0, 16);
  return join(folder, `medlot-bench-${hash}.bin`);
};
const LOTS = 10_000;
const RECORDS = 100_000;

/** The sample's device with many records more: its log grows, its key signs. */
async function grown() {
  const path = kept();
  if (existsSync(path)) return path;
  const { Device, init } = await import("medlot");
  await init();
  const raw = readFileSync(join(dist, "sample.bin"));
  const length = raw.readUInt32LE(0);
  const index = JSON.parse(raw.subarray(4, 4 + length));
  let at = 4 + length;
  const files = index.files.map(({ name, length }) => ({ name, bytes: raw.subarray(at, (at += length)) }));
  const names = files.pop();
  const now = new Date(index.at);
  const device = Device.open(files, undefined, now);
  const disk = new Map(files.map(({ name, bytes }) => [name, [bytes]]));
  const durable = () => {
    for (const change of device.changes()) {
      if (change.kind === "remove") disk.delete(change.name);
      else if (change.kind === "write") disk.set(change.name, [Buffer.from(change.bytes)]);
      else {
        const parts = disk.get(change.name) ?? [];
        const size = parts.reduce((sum, part) => sum + part.length, 0);
        if (size !== change.at) parts.splice(0, parts.length, Buffer.concat(parts).subarray(0, change.at));
        parts.push(Buffer.from(change.bytes));
        disk.set(change.name, parts.length > 1000 ? [Buffer.concat(parts)] : parts);
      }
    }
    device.confirm();
  };
  durable();
  for (let record = 0; record < RECORDS; record++) {
    const lot = record % LOTS;
    device.record("in", { product: `local:P${lot % 1000}`, lot: `L${lot}`, expiry: "2028-06", quantity: "100" }, false, "vi", now);
    durable();
  }
  device.seal(now);
  durable();
  writeFileSync(path, packed(index.at, [...[...disk].map(([name, parts]) => ({ name, bytes: Buffer.concat(parts) })), names]));
  return path;
}

const line = (what, value, goal = "") => console.log(`${what.padEnd(66)} ${value.padStart(14)}  ${goal}`);
const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const kb = (bytes) => `${(bytes / 1000).toFixed(0)} KB`;

/** Bytes that come over the network, of pages and their workers. */
async function counting(context, page) {
  const devtools = await context.newCDPSession(page);
  let bytes = 0;
  const by = [];
  page.on("requestfinished", (request) =>
    void request.sizes().then(({ responseBodySize }) => ((bytes += responseBodySize), by.push([request.url(), responseBodySize])), () => undefined));
  await devtools.send("Network.enable");
  return { devtools, bytes: () => bytes, by };
}

/** Until the page has marked that it shows something, by its own clock from the visit's begin. */
const marked = async (page, mark) => {
  await page.waitForFunction((mark) => performance.getEntriesByName(mark).length > 0, mark, { timeout: 120_000 });
  return page.evaluate((mark) => performance.getEntriesByName(mark)[0].startTime, mark);
};
const usable = async (page, origin, mark) => {
  await page.goto(origin);
  return marked(page, mark);
};
/** Until the stock is kept for the next visit. */
const left = (page) => page.waitForFunction(() => localStorage.getItem("medlot.last") !== null);

/** How long each frame took while something is done, the longest last. */
async function framesWhile(page, act) {
  await page.evaluate(() => {
    globalThis.frames_ = [];
    let last = performance.now();
    const frame = () => {
      if (!globalThis.frames_) return;
      const now = performance.now();
      globalThis.frames_.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await act();
  return page.evaluate(() => {
    const times = globalThis.frames_.slice(2).sort((a, b) => a - b);
    globalThis.frames_ = undefined;
    return times;
  });
}

/** How long each frame takes while the list is scrolled, in steps and in leaps; the longest last. */
const scrolled = (page) =>
  page.evaluate(async () => {
    const scroller = document.querySelector(".scroller");
    const times = [];
    let last = performance.now();
    for (let step = 0; step < 180; step++) {
      scroller.scrollTop += step % 60 === 59 ? 40_000 : 320;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      times.push(now - last);
      last = now;
    }
    return times.slice(2).sort((a, b) => a - b);
  });

let pages = await site({ compress: true });
console.log(`The page, in this machine's Chromium; ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}\n`);
{
  // Without the service worker, so that nothing is stored ahead.
  const { page, context } = await pages.visitor({ serviceWorkers: "block" });
  const { bytes } = await counting(context, page);
  await usable(page, pages.origin, "medlot-shown");
  await page.waitForTimeout(500);
  line("first screen of a first visit, transferred (brotli)", kb(bytes()), "goal 250 KB");
  await page.getByRole("button", { name: /sample/ }).click();
  await page.locator("table .row a").first().waitFor();
  await page.waitForTimeout(500);
  line("… and the stock of a device, module and sample included", kb(bytes()));
  const brotli = (name) => brotliCompressSync(readFileSync(join(dist, name))).length;
  const files = readdirSync(join(dist, "assets"));
  line("of that the module", kb(brotli(`assets/${files.find((name) => /^medlot-.*wasm$/.test(name))}`)));
  const sw = readFileSync(join(dist, "sw.js"), "utf8");
  const list = JSON.parse(/const list = (\{.*\});/.exec(sw)[1]);
  line("lazy parts, stored after the first screen", kb(list.later.reduce((sum, name) => sum + brotli(name), 0)), "goal 1,500 KB");
  await context.close();
}
for (const rate of [1, 4]) {
  const { page, context } = await pages.visitor();
  const { devtools } = await counting(context, page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate });
  const first = await usable(page, pages.origin, "medlot-shown");
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await sample(page, pages.origin);
  await page.getByText("Ready offline").waitFor();
  await left(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate });
  const again = await usable(page, pages.origin, "medlot-stock");
  const checked = await marked(page, "medlot-fresh");
  line(`first visit: usable, CPU at 1/${rate} (main thread)`, ms(first), rate === 4 ? "goal 1,000 ms" : "");
  line(`a later visit: stock as it was left, CPU at 1/${rate} (main thread)`, ms(again), rate === 4 ? "goal 1,000 ms" : "");
  line("… verified, and worked out anew", ms(checked), rate === 4 ? "goal 1,000 ms" : "");
  await context.close();
}
await pages.end();

pages = await site({ extra: { "sample.bin": await grown() } });
{
  const { page, context } = await pages.visitor();
  await sample(page, pages.origin);
  await page.getByText("Ready offline").waitFor();
  await left(page);
  const before = await usable(page, pages.origin, "medlot-stock");
  const opened = await marked(page, "medlot-fresh");
  line(`${RECORDS.toLocaleString("en")} records: stock as it was left`, ms(before), "goal 1,000 ms");
  line(`${RECORDS.toLocaleString("en")} records opened, IndexedDB to the table`, ms(opened), "goal 1,000 ms");
  // The reports' worker has a core of its own until its figures are there.
  await page.locator(".figures").waitFor({ timeout: 180_000 });
  await page.waitForTimeout(1000);
  const frames = await scrolled(page);
  line(`scrolling ${LOTS.toLocaleString("en")} lots: the longest frame of ${frames.length}`, ms(frames.at(-1)), "goal 50 ms");
  line("… the middle one", ms(frames[frames.length >> 1]));

  await page.goto(`${pages.origin}/#/count`);
  await page.locator("main button.first").click();
  await page.locator(".shelf form").nth(2).waitFor();
  const shelf = await scrolled(page);
  line(`counting ${LOTS.toLocaleString("en")} lots, scrolled: the longest frame of ${shelf.length}`, ms(shelf.at(-1)), "goal 50 ms");
  await page.locator(".scroller").evaluate((list) => list.scrollTo(0, 0));
  const counting = await framesWhile(page, async () => {
    for (let lot = 0; lot < 12; lot++) {
      const id = await page.evaluate(() => (document.activeElement?.id.startsWith("count-") ? document.activeElement.id : ""));
      if (!id) await page.locator(".shelf input").first().focus();
      await page.keyboard.type("12");
      const before = await page.evaluate(() => document.activeElement.id);
      await page.keyboard.press("Enter");
      await page.waitForFunction((before) => document.activeElement.id.startsWith("count-") && document.activeElement.id !== before, before);
    }
  });
  line("… and 12 of them typed and recorded: the longest frame", ms(counting.at(-1)), "goal 50 ms");
  await page.getByRole("button", { name: "End", exact: true }).click();
  await page.getByText(/stock-take has ended/).waitFor();

  await page.goto(`${pages.origin}/#/receive`);
  const sheet = ["product,lot,expiry,quantity", ...Array.from({ length: 1231 }, (_, at) => `local:R${at % 400},R${at},2028-06,${at + 1}`)].join("\n");
  await page.locator("input[type=file][accept*=csv]").setInputFiles({ name: "r.csv", mimeType: "text/csv", buffer: Buffer.from(sheet) });
  const button = page.getByRole("button", { name: "Record 1,231 lines" });
  await button.waitFor();
  await page.waitForTimeout(1500);
  await button.click();
  await page.getByText("1,231 lines recorded.").waitFor();
  await page.waitForFunction(() => performance.getEntriesByName("medlot-receipt").length > 0);
  const parts = await page.evaluate(() => performance.getEntriesByName("medlot-receipt").map(({ duration, detail }) => ({ duration, ...detail })));
  line("a receipt of 1,231 lines: durable", ms(parts[0].durable), "goal 50 ms");
  line("… and every screen's stock worked out anew", ms(parts[0].duration));

  await page.goto(`${pages.origin}/#/dispense`);
  await page.getByRole("combobox", { name: "Medicine" }).fill("P7");
  await page.locator("[role=listbox] [role=option]").first().waitFor();
  await page.getByRole("combobox", { name: "Medicine" }).press("Enter");
  await page.locator(".pick li").first().waitFor();
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed/).waitFor();
  const moved = await page.evaluate(() => performance.getEntriesByName("medlot-update").map(({ duration, detail }) => ({ duration, ...detail })));
  const last = moved.at(-1);
  line(`a movement with ${LOTS.toLocaleString("en")} lots: durable (worker)`, ms(last.durable));
  line("… its product's stock asked of the device (worker)", ms(last.asked));
  line("… the table's rows put right, sorted and filtered (worker)", ms(last.rows));
  await page.goto(`${pages.origin}/#/stock`);
  await page.locator("table .row a").first().waitFor();
  const drawn = await page.evaluate(async () => {
    const times = [];
    for (const words of ["P1", "P2", "P3", "P4", "P5"]) {
      const field = document.querySelector("#stock-search");
      const before = document.querySelector("table .row a").textContent;
      field.value = words;
      const began = performance.now();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      while (document.querySelector("table .row a")?.textContent === before) await new Promise((next) => setTimeout(next));
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b);
  });
  line("… another view of the rows asked for, and drawn (both)", ms(drawn[2]), "goal 16 ms");
  await context.close();
}
await pages.end();
