// What a pharmacist does, in the built page under its policy, with real authorities and a real hub.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import * as steps from "./site.mjs";
import { PRODUCT, dispensing, enrolled, invited, joined, office, row, sample, saved, site, wedge } from "./site.mjs";

let pages, staff;
before(async () => {
  staff = office();
  staff.join("wholesaler", "01C58");
  staff.state();
  pages = await site();
});
after(async () => {
  staff?.end();
  await pages?.end();
});

const alert = (page) => page.locator(".notices [role=alert]");
const stocked = (page, lines) => steps.stocked(page, pages.origin, lines);
const available = (page, lot) => steps.available(page, pages.origin, lot);

async function dispense(page, quantity) {
  await dispensing(page, pages.origin);
  await page.getByLabel("Quantity").fill(String(quantity));
  await page.locator(".pick li").first().waitFor();
}

test("a first visit without data opens a sample that says so, and calls nobody else", async () => {
  const { page, elsewhere, context } = await pages.visitor();
  await sample(page, pages.origin);
  await page.getByText("A SAMPLE pharmacy").waitFor();
  // Its clock stands: four of its lots are expired, and no more though years pass.
  assert.equal(await page.getByRole("button", { name: /^Expired 4$/ }).count(), 1);
  await page.getByLabel("Find a medicine").fill("silver");
  await page.getByRole("button", { name: /Medicine/ }).click();
  await page.getByText("Recalls in force").waitFor();
  assert.deepEqual(elsewhere, []);
  await context.close();
});

test("words without diacritics find names with them, and states filter", async () => {
  const { page, context } = await pages.visitor();
  await sample(page, pages.origin);
  await page.getByLabel("Find a medicine").fill("tuong duong DICLO");
  await page.waitForFunction(() => [...document.querySelectorAll("table .row")].length > 0 && [...document.querySelectorAll("table .row .name")].every((name) => /tương đương diclo/i.test(name.textContent)));
  await page.getByLabel("Find a medicine").fill("");
  await page.getByRole("button", { name: /^Recalled/ }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("table .row")].length > 0 && [...document.querySelectorAll("table .row")].every((row) => row.querySelector(".badge.recalled")));
  await context.close();
});

test("a pharmacy joins by a picture, receives short by a QR picture, and its log verifies elsewhere", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C55");
  staff.medlot("wholesaler", "record", "in", "--product", PRODUCT, "--lot", "A12", "--expiry", "2028-06-30", "--quantity", "500");
  staff.medlot("wholesaler", "handover", "--to", "facility:01C55", "--document", "delivery_note:PX-1", "--line", `120=${PRODUCT};A12;2028-06-30`, "--out", "delivery.png");
  await page.goto(`${pages.origin}/#/receive`);
  await page.getByRole("heading", { name: "Against a hand-over code" }).waitFor();
  // News of the authority first: then nothing about the delivery is unknown.
  for (const file of ["state.mlt", "state.list.mlt"]) await page.locator("input[type=file]").first().setInputFiles(staff.path(file));
  await page.getByText("The notice was taken.").first().waitFor();
  await page.locator("input[type=file]").first().setInputFiles(staff.path("delivery.png"));
  await page.getByText("The signature is valid.").waitFor();
  await page.getByLabel("Line 1: received").fill("117");
  await page.getByLabel("Line 1: refused").fill("1");
  await page.getByRole("button", { name: "Receive", exact: true }).click();
  await page.getByText("1 lines received.").waitFor();
  assert.equal(await available(page, "A12"), "117 +2");
  await page.goto(`${pages.origin}/#/findings`);
  await page.getByText(/120 sent, 117 received, 1 refused, 2 missing/).waitFor();
  await page.goto(`${pages.origin}/#/exchange`);
  await saved(page, staff, "Export the signed log", "01C55-log.mlt");
  staff.medlot("wholesaler", "device", "accept", "01C55-log.mlt");
  assert.match(staff.medlot("wholesaler", "findings").replaceAll(/\s+/g, " "), /120 sent, 117 received, 1 refused, 2 missing/);
  await context.close();
});

test("what expires first is dispensed first, a recall stops the next pack, and a mistake is taken back", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C56", { picture: false });
  await stocked(page, [[PRODUCT, "LATE", "2029-01-31", 100], [PRODUCT, "SOON", "2028-02-29", 10]]);
  await dispense(page, 15);
  assert.deepEqual((await page.locator(".pick li").allInnerTexts()).map((text) => text.replace(/\s+/g, " ")), ["10 lot SOON · 29/02/2028", "5 lot LATE · 31/01/2029"]);
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed 5/).waitFor();
  assert.equal(await available(page, "LATE"), "95");
  // A recall arrives as a picture; the next scan of the lot is stopped.
  staff.medlot("ministry", "authority", "recall", "--class", "1", "--notice", "QLD-7", "--product", PRODUCT, "--lot", "LATE", "--out", "recall.png");
  await page.goto(`${pages.origin}/#/receive`);
  await page.locator("input[type=file]").first().setInputFiles(staff.path("recall.png"));
  await page.getByText("The notice was taken.").waitFor();
  await page.getByText(/Class 1: .* lot LATE, 95 left, notice QLD-7/).waitFor();
  await page.goto(`${pages.origin}/#/dispense`);
  await page.getByLabel("Scan a pack").fill("(01)08934567000017(17)290131(10)LATE");
  await page.getByLabel("Scan a pack").press("Enter");
  await page.getByRole("heading", { name: "STOP: don't dispense" }).waitFor();
  await page.getByRole("button", { name: /^Dispense 1 of this lot/ }).click();
  const stop = page.getByRole("dialog", { name: "STOP: don't dispense" });
  await stop.getByRole("button", { name: "Don't dispense" }).click();
  assert.equal(await available(page, "LATE"), "0 / 95");
  // The sale of 5 was a mistake.
  await row(page, "LATE").locator("a").click();
  await page.getByRole("button", { name: /^Take back: retail/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await page.getByText("Taken back.").waitFor();
  assert.equal(await available(page, "LATE"), "0 / 100");
  await context.close();
});

test("what is held back isn't available, and stands in another store when it was moved there", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C67", { picture: false });
  await stocked(page, [[PRODUCT, "M1", "2028-06-30", 50]]);
  assert.equal(await available(page, "M1"), "50");
  const move = async (reason, quantity, store) => {
    await row(page, "M1").first().locator("a").click();
    await page.getByText(/Hold back, release/).click();
    await page.getByLabel("Reason").selectOption(reason);
    if (store) await page.getByLabel("To the store").fill(store);
    await page.getByLabel("Quantity").fill(String(quantity));
    await page.getByRole("button", { name: "Record", exact: true }).click();
    await page.getByText("Recorded.").first().waitFor();
  };
  await move("hold", 8);
  assert.equal(await available(page, "M1"), "42 / 50");
  // It is counted by itself: the shelf has 42.
  await page.goto(`${pages.origin}/#/count`);
  await page.getByRole("button", { name: "Begin the stock-take" }).click();
  await page.getByText("0 of 2 lots counted.").waitFor();
  await page.getByRole("textbox", { name: /lot M1 .*Held back · on record 8/ }).waitFor();
  await page.getByRole("textbox", { name: /lot M1 .*on record 42/ }).fill("42");
  await page.getByRole("button", { name: "Record the count" }).first().click();
  await page.getByText("counted: 42").waitFor();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await page.getByText("The stock-take has ended, 1 lots.").waitFor();
  assert.equal(await available(page, "M1"), "42 / 50");
  await move("release", 8);
  assert.equal(await available(page, "M1"), "50");
  await move("store_to_store", 20, "T05");
  await page.goto(`${pages.origin}/#/stock`);
  await page.getByLabel("Find a medicine").fill("M1");
  await page.waitForFunction(() => document.querySelectorAll("table .row").length === 2);
  assert.deepEqual((await page.locator("table .row .available").allInnerTexts()).map((text) => text.trim()).sort(), ["20", "30"]);
  await context.close();
});

test("stock that moves while it is counted is neither lost nor counted twice, and a reload goes on counting", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C59", { picture: false });
  await stocked(page, [[PRODUCT, "K1", "2028-06", 960]]);
  await page.goto(`${pages.origin}/#/count`);
  await page.getByRole("button", { name: "Begin the stock-take" }).click();
  await page.getByRole("textbox", { name: /lot K1/ }).fill("958");
  await page.getByRole("button", { name: "Record the count" }).click();
  await page.getByText("counted: 958").waitFor();
  await dispense(page, 40);
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed 40/).waitFor();
  await page.goto(`${pages.origin}/#/count`);
  await page.reload();
  await page.getByText("1 of 1 lots counted.").waitFor();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await page.getByText("The stock-take has ended, 1 lots.").waitFor();
  assert.equal(await available(page, "K1"), "918");
  await context.close();
});

test("a hand-over of the page is received by the command, from a picture of what the screen shows", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C60", { picture: false });
  await stocked(page, [[PRODUCT, "H7", "2028-06-30", 60]]);
  await page.goto(`${pages.origin}/#/handover`);
  await page.getByLabel("To the facility").fill("01C58");
  await page.getByLabel("Note number").fill("PX-9");
  await page.getByRole("combobox", { name: "Medicine" }).fill("0893456700");
  await page.locator("[role=listbox] [role=option]").first().click();
  await page.getByLabel("Lot", { exact: true }).locator("option").first().waitFor({ state: "attached" });
  await page.getByLabel("Quantity").fill("25");
  await page.getByRole("button", { name: "Add the line" }).click();
  await page.getByRole("button", { name: "Sign and make the code" }).click();
  await page.getByRole("heading", { name: "Delivery note" }).waitFor();
  const codes = await page.locator(".code").count();
  const pictures = [];
  for (let at = 0; at < codes; at++) {
    const picture = staff.path(`shown-${at}.png`);
    await page.locator(".code.shown svg").screenshot({ path: picture });
    pictures.push(`shown-${at}.png`);
    if (at + 1 < codes) await page.getByRole("button", { name: /^Next code/ }).click();
  }
  staff.medlot("wholesaler", "device", "accept", "state.mlt", "state.list.mlt");
  await saved(page, staff, "Save the file", "shown.mlt");
  staff.medlot("wholesaler", "qr", "--read", ...pictures, "--out", "seen.mlt");
  assert.deepEqual(staff.read("seen.mlt"), staff.read("shown.mlt"));
  staff.medlot("wholesaler", "receive", "seen.mlt");
  assert.match(staff.medlot("wholesaler", "stock"), /H7/);
  await context.close();
});

test("one tab writes at a time, and the other goes on where it is asked to", async () => {
  const { page, context } = await pages.visitor();
  await sample(page, pages.origin);
  const second = await context.newPage();
  await second.goto(pages.origin);
  await second.getByRole("heading", { name: "In use in another tab" }).waitFor();
  await second.getByRole("button", { name: "Go on here" }).click();
  await second.locator("table .row a").first().waitFor();
  await page.getByRole("heading", { name: "In use in another tab" }).waitFor();
  await context.close();
});

test("without a network the page opens, and every part of it", async () => {
  const { page, context } = await pages.visitor();
  await sample(page, pages.origin);
  await page.getByText("Ready offline").waitFor();
  await context.setOffline(true);
  await page.reload();
  await page.locator("table .row a").first().waitFor();
  for (const part of ["dispense", "receive", "handover", "count", "findings", "charts", "exchange", "settings"]) {
    await page.goto(`${pages.origin}/#/${part}`);
    await page.locator("main h2").first().waitFor();
    await page.waitForFunction(() => !document.querySelector(".wait"));
  }
  await page.goto(`${pages.origin}/#/charts`);
  await page.locator(".chart canvas").first().waitFor();
  await page.goto(`${pages.origin}/#/stock`);
  await page.locator("table .row a").first().click();
  await page.locator("svg.trace .node").first().waitFor();
  assert.deepEqual(await alert(page).innerText(), "");
  await context.close();
});

test("a later visit shows the stock as it was left, says so, and puts it right; who leaves takes it along", async () => {
  const { page, context } = await pages.visitor({ serviceWorkers: "block" });
  await joined(page, pages.origin, staff, "01C75", { picture: false });
  await stocked(page, [[PRODUCT, "L1", "2028-06", 12]]);
  await page.waitForFunction(() => localStorage.getItem("medlot.last")?.includes("L1"));
  // As if a movement had been the last thing before the tab was killed.
  await page.evaluate(() => localStorage.setItem("medlot.last", localStorage.getItem("medlot.last").replaceAll('"available":12', '"available":11')));
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await context.route(/worker-.*\.js/, async (route) => (await held, route.continue()));
  await page.goto(pages.origin);
  await page.reload();
  await row(page, "L1").waitFor();
  await page.getByText(/^1 of 1 lots As it was at .*; being checked…/).waitFor();
  assert.equal((await row(page, "L1").locator(".available").innerText()).split(" ")[0], "11");
  // Nothing else can be done by it.
  await page.getByRole("link", { name: "Dispense" }).click();
  await page.getByText("Opening…").waitFor();
  assert.equal(await page.locator("main button").count(), 0);
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  go();
  await page.locator(".checking").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.querySelector("table td.available")?.innerText.startsWith("12"));
  await page.goto(`${pages.origin}/#/settings`);
  await page.getByRole("button", { name: "Delete everything" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete everything" }).click();
  await page.getByRole("heading", { name: "Try a sample pharmacy" }).waitFor();
  await page.waitForTimeout(1000);
  assert.equal(await page.evaluate(() => localStorage.getItem("medlot.last")), null);
  await context.close();
});

test("what doesn't fit into the storage is said not to be saved, and isn't; what was saved is there", async () => {
  const { page, context } = await pages.visitor();
  // Before anything is stored: Chromium remembers how much room a site had.
  const first = async () => {
    const devtools = await context.newCDPSession(page);
    await page.getByText("Ready offline").waitFor();
    const { usage } = await page.evaluate(() => navigator.storage.estimate());
    await devtools.send("Storage.overrideQuotaForOrigin", { origin: pages.origin, quotaSize: usage + 4_000_000 });
  };
  await joined(page, pages.origin, staff, "01C61", { picture: false, first });
  await stocked(page, [[PRODUCT, "FULL", "2028-06", 50]]);
  await dispense(page, 7);
  const filled = await page.evaluate(async () => {
    const db = await new Promise((resolve, reject) => {
      const asked = indexedDB.open("filler", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("filler", { autoIncrement: true });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    let filled = 0;
    for (let size = 1 << 20; size > 16; ) {
      const done = await new Promise((resolve) => {
        const transaction = db.transaction("filler", "readwrite");
        transaction.objectStore("filler").add(crypto.getRandomValues(new Uint8Array(Math.min(size, 65536))));
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = () => resolve(false);
      });
      if (done) filled += Math.min(size, 65536);
      else size >>= 1;
    }
    db.close();
    return filled;
  });
  assert.ok(filled > 100_000, `${filled} bytes filled it`);
  page.expected = /quota/i;
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText("NOT saved").waitFor();
  assert.equal(await available(page, "FULL"), "50");
  await page.evaluate(() => new Promise((resolve) => (indexedDB.deleteDatabase("filler").onsuccess = resolve)));
  await page.reload();
  assert.equal(await available(page, "FULL"), "50");
  await dispense(page, 7);
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed 7/).waitFor();
  assert.equal(await available(page, "FULL"), "43");
  await context.close();
});

test("a tab that is killed in mid-write leaves every record that was said to be saved, whole", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C62", { picture: false });
  await stocked(page, [[PRODUCT, "KILL", "2028-06", 1000]]);
  let [tab, left] = [page, 1000];
  for (let round = 1; round <= 3; round++) {
    await dispense(tab, 100);
    const crashed = new Promise((gone) => tab.once("crash", gone));
    const devtools = await context.newCDPSession(tab);
    // The renderer dies while the record is on its way to the disk: how far it came differs from round to round.
    await tab.getByRole("button", { name: "Dispense as listed" }).click();
    if (round > 1) await tab.waitForTimeout(round * 4);
    const said = await tab.locator(".notice.done").count();
    devtools.send("Page.crash").catch(() => undefined);
    await crashed;
    await tab.close();
    tab = await context.newPage();
    await tab.goto(pages.origin);
    await tab.locator("table .row a").first().waitFor();
    const now = Number((await available(tab, "KILL")).replace(",", ""));
    assert.ok(now === left || now === left - 100, `${now} after ${left}`);
    if (said > 0) assert.equal(now, left - 100);
    left = now;
  }
  await tab.goto(`${pages.origin}/#/exchange`);
  await saved(tab, staff, "Export the signed log", "killed.mlt");
  assert.match(staff.medlot("ministry", "device", "accept", "killed.mlt"), /taken true/);
  await context.close();
});

test("the page synchronises with a hub, in progress and to its end, and a second time with nothing to say", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C64", { picture: false });
  await stocked(page, Array.from({ length: 30 }, (_, at) => [PRODUCT, `S${at}`, "2028-06", 10 + at]));
  pages.served.sync ??= await staff.hub();
  await page.goto(`${pages.origin}/#/exchange`);
  await page.getByRole("button", { name: "Synchronise now" }).click();
  await page.getByText("Synchronised.").waitFor();
  assert.match(await page.getByText("Synchronised.").innerText(), /Sent [1-9]/);
  await page.getByRole("button", { name: "Synchronise now" }).click();
  await page.getByText(/Sent 0 pieces/).waitFor();
  const stock = staff.medlot("hub", "stock", "--facility", "01C64");
  assert.match(stock, /S29/);
  // What isn't taken says why in the language that is spoken.
  const damaged = { name: "damaged.mlt", mimeType: "application/octet-stream", buffer: Buffer.from("not an object") };
  await page.locator("input[type=file][accept='.mlt']").setInputFiles(damaged);
  await page.getByText(/\(\d{4}\)/).waitFor();
  const english = await page.getByText(/\(\d{4}\)/).innerText();
  await page.locator("button[lang=vi]").click();
  await page.locator("input[type=file][accept='.mlt']").setInputFiles(damaged);
  await page.waitForFunction((said) => !document.body.innerText.includes(said) && /\(\d{4}\)/.test(document.body.innerText), english);
  assert.match(await page.getByText(/\(\d{4}\)/).innerText(), /hãy/i);
  await context.close();
});

test("a delivery of 1,231 lines is recorded whole, though a signature is due in the middle of it", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C88", { picture: false });
  const lines = Array.from({ length: 1231 }, (_, at) => [PRODUCT, `D${at}`, "2028-06", 1 + (at % 9)]);
  // One line that can't be is said, and keeps none of the others back.
  lines[600] = [PRODUCT, "D600", "2028-06", "none"];
  await stocked(page, lines);
  await page.locator(".notices").getByText(/601/).first().waitFor();
  await page.reload();
  for (const at of [0, 599, 601, 1230]) assert.equal(await available(page, `D${at}`), String(1 + (at % 9)), `D${at}`);
  await context.close();
});

test("a backup opens elsewhere for reading, and takes no record", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C65", { picture: false });
  await stocked(page, [[PRODUCT, "B1", "2028-06", 12]]);
  await page.goto(`${pages.origin}/#/exchange`);
  await saved(page, staff, "Back up", "backup.tar");
  await context.close();
  const other = await pages.visitor();
  await other.page.goto(pages.origin);
  await other.page.locator("input[type=file][accept*=tar]").setInputFiles(staff.path("backup.tar"));
  await other.page.getByText("takes no further record").waitFor();
  assert.equal(await available(other.page, "B1"), "12");
  await other.context.close();
});

test("after a restore the page goes on under a new key, and the stock agrees everywhere", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C68", { picture: false });
  await stocked(page, [[PRODUCT, "R1", "2028-06", 12]]);
  await page.goto(`${pages.origin}/#/exchange`);
  await saved(page, staff, "Back up", "R1.tar");
  // What the backup doesn't know.
  await stocked(page, [[PRODUCT, "R1", "2028-06", 5]]);
  await page.goto(`${pages.origin}/#/exchange`);
  await saved(page, staff, "Export the signed log", "R1-old.mlt");
  await context.close();

  const other = await pages.visitor();
  const again = other.page;
  await again.goto(pages.origin);
  await again.locator("input[type=file][accept*=tar]").setInputFiles(staff.path("R1.tar"));
  await again.getByText("takes no further record").waitFor();
  // Where something would be written, the way on stands; what another authority sends changes nothing.
  await again.goto(`${pages.origin}/#/dispense`);
  await again.getByRole("heading", { name: "Go on with a new key" }).waitFor();
  const foreign = office();
  await again.locator("input[type=file]").first().setInputFiles(foreign.path(invited(foreign, "01C68")));
  await again.getByRole("button", { name: "Join", exact: true }).click();
  await alert(again).getByRole("button", { name: "Close" }).click();
  foreign.end();
  await again.reload();
  await again.getByText("takes no further record").waitFor();
  await again.locator("input[type=file]").first().setInputFiles(staff.path(invited(staff, "01C68", "png")));
  await again.getByLabel("Name of this device").fill("counter 2");
  await again.getByRole("button", { name: "Join", exact: true }).click();
  await again.getByText("The new key waits to be enrolled").waitFor();
  assert.equal(await available(again, "R1"), "12");
  // The key is kept: the page may be closed until the authority answers.
  await again.reload();
  await again.getByRole("link", { name: "Go on with a new key" }).click();
  await enrolled(again, staff, "01C68");
  await again.getByText("The new key is enrolled").waitFor();
  await dispense(again, 2);
  await again.getByRole("button", { name: "Dispense as listed" }).click();
  await again.getByText(/^Dispensed 2/).waitFor();
  assert.equal(await available(again, "R1"), "10");
  await again.goto(`${pages.origin}/#/exchange`);
  await again.locator("input[type=file][accept='.mlt']").setInputFiles(staff.path("R1-old.mlt"));
  await again.getByText("Taken.").waitFor();
  assert.equal(await available(again, "R1"), "15");
  await again.goto(`${pages.origin}/#/exchange`);
  await saved(again, staff, "Export the signed log", "R1-new.mlt");
  staff.medlot("wholesaler", "device", "accept", "R1-old.mlt", "R1-new.mlt");
  assert.match(staff.medlot("wholesaler", "stock", "--facility", "01C68"), /R1\b.*\b15\b/);
  await other.context.close();
});

test("where a hub holds more of the log than the browser, the page goes on under a new key and nothing is lost", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C76", { picture: false });
  await stocked(page, [[PRODUCT, "Q1", "2028-06", 20]]);
  const stored = (act) =>
    page.evaluate(async (act) => {
      const done = (asked) => new Promise((resolve, reject) => ((asked.onsuccess = () => resolve(asked.result)), (asked.onerror = () => reject(asked.error))));
      const db = await done(indexedDB.open("medlot:own", 1));
      const chunks = db.transaction("chunks", "readwrite").objectStore("chunks");
      if (act === "copy") globalThis.copied = [await done(chunks.getAllKeys()), await done(chunks.getAll())];
      else {
        await done(chunks.clear());
        for (const [at, key] of globalThis.copied[0].entries()) await done(chunks.put(globalThis.copied[1][at], key));
      }
      db.close();
    }, act);
  await stored("copy");
  await dispense(page, 3);
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed 3/).waitFor();
  pages.served.sync ??= await staff.hub();
  const sync = async () => {
    await page.goto(`${pages.origin}/#/exchange`);
    await page.getByRole("button", { name: "Synchronise now" }).click();
    await page.getByText("Synchronised.").waitFor();
  };
  await sync();
  // The browser's storage is put back to what it was before, as a disk image would.
  await stored("put back");
  await page.reload();
  assert.equal(await available(page, "Q1"), "20");
  await sync();
  await page.getByText("this log is closed").waitFor();
  await page.getByRole("link", { name: "Go on with a new key" }).first().click();
  await page.locator("input[type=file]").first().setInputFiles(staff.path(invited(staff, "01C76")));
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByText("The new key waits to be enrolled").waitFor();
  await enrolled(page, staff, "01C76");
  await page.getByText("The new key is enrolled").waitFor();
  // What the hub held came back with the session.
  assert.equal(await available(page, "Q1"), "17");
  await dispense(page, 2);
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed 2/).waitFor();
  await sync();
  assert.match(staff.medlot("hub", "stock", "--facility", "01C76"), /Q1\b.*\b15\b/);
  await context.close();
});

test("a table of stock goes out as CSV and XLSX, and comes in again", async () => {
  const { page, context } = await pages.visitor();
  await sample(page, pages.origin, "exchange");
  const save = async (name, file) => readFileSync(staff.path(await saved(page, staff, name, file)));
  const csv = (await save("Stock as CSV", "stock.csv")).toString();
  assert.match(csv, /^\ufeffProduct,Name,Lot,Expiry/);
  assert.match(csv, /registration:893100401125,[^\n]*LFX-2601,2026-12-31,,,240,240/);
  const xlsx = await save("Stock as XLSX", "stock.xlsx");
  assert.equal(xlsx.subarray(0, 2).toString(), "PK");
  // The same table, its column renamed as for goods that come in.
  writeFileSync(staff.path("in.csv"), csv.replace("On hand", "Quantity"));
  await page.goto(`${pages.origin}/#/receive`);
  await page.getByRole("heading", { name: "By hand" }).waitFor();
  await page.locator("input[type=file][accept*=csv]").setInputFiles(staff.path("in.csv"));
  await page.getByRole("button", { name: /Record \d+ lines/ }).waitFor();
  await page.locator("input[type=file][accept*=csv]").setInputFiles(staff.path("stock.xlsx"));
  await page.getByText("The table lacks the columns: quantity").waitFor();
  await context.close();
});

test("a scanner that lost its separators is asked about, never guessed; a wrong check digit is refused", async () => {
  const { page, context } = await pages.visitor();
  await sample(page, pages.origin, "receive");
  const scan = page.getByLabel("Scan a pack");
  await scan.fill("01087151310160672193220152971117250131101149213A");
  await scan.press("Enter");
  const ways = page.getByRole("dialog", { name: /several ways/ });
  await ways.waitFor();
  assert.ok((await ways.getByRole("button").count()) >= 3);
  await ways.getByRole("button", { name: /lot 1149213A 2025-01-31/ }).click();
  assert.equal(await page.getByLabel("Lot", { exact: true }).inputValue(), "1149213A");
  // A second code of the same pack that says less takes nothing away.
  await scan.fill("(10)1149213A");
  await scan.press("Enter");
  await page.waitForTimeout(200);
  assert.equal(await page.getByLabel("Expiry").inputValue(), "2025-01-31");
  await scan.fill("0108936098966894");
  await scan.press("Enter");
  await alert(page).getByText(/check digit/i).waitFor();
  await context.close();
});

test("a scanner that types its separator as a control character is understood anywhere on the page", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C69", { picture: false });
  await stocked(page, [[PRODUCT, "W1", "2028-06-30", 40]]);
  // A lot of any length ends at its separator alone: without it this would be the lot W117280630.
  const pack = "010893456700001710W1\u001d17280630";
  const shown = (lot) => page.locator(".lotcard p", { hasText: `lot ${lot} ` }).first().waitFor();
  await page.goto(`${pages.origin}/#/charts`);
  await page.locator("main h2").waitFor();
  await wedge(page, pack);
  await shown("W1");
  // In the scanner's own field, separator and all.
  await page.goto(`${pages.origin}/#/receive`);
  await page.getByLabel("Scan a pack").focus();
  await wedge(page, "010893456700001710W2\u001d17280731", { end: false });
  assert.equal(await page.getByLabel("Scan a pack").inputValue(), "010893456700001710W2\u001d17280731");
  await page.getByLabel("Scan a pack").press("Enter");
  const lot = page.getByLabel("Lot", { exact: true });
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some(({ value }) => value === "W2"));
  // In another field: what stood there stays, and the form isn't sent.
  await page.getByLabel("Quantity").fill("25");
  await wedge(page, "010893456700001710W3\u001d17280831");
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some(({ value }) => value === "W3"));
  assert.equal(await page.getByLabel("Quantity").inputValue(), "25");
  assert.equal(await page.getByLabel("Expiry").inputValue(), "2028-08-31");
  assert.equal(await alert(page).innerText(), "");
  // As Windows types a character by its number, from a scanner that ends with nothing.
  await lot.focus();
  await page.evaluate(() => {
    const key = (type, init) => document.activeElement.dispatchEvent(new KeyboardEvent(type, { bubbles: true, cancelable: true, ...init }));
    for (const character of "010893456700001710W4") key("keydown", { key: character });
    for (const digit of "029") key("keydown", { key: digit, code: `Numpad${digit}`, altKey: true });
    key("keyup", { key: "Alt" });
    for (const character of "17280930") key("keydown", { key: character });
  });
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some(({ value }) => value === "W4"));
  assert.equal(await page.getByLabel("Expiry").inputValue(), "2028-09-30");
  // What a hand types is nobody's scan.
  await lot.fill("");
  await lot.pressSequentially("010893456700001710W5", { delay: 90 });
  assert.equal(await lot.inputValue(), "010893456700001710W5");
  // A code of an object is taken where no screen asks for one.
  await page.goto(`${pages.origin}/#/stock`);
  await page.getByLabel("Find a medicine").fill("W1");
  staff.medlot("ministry", "authority", "recall", "--class", "2", "--notice", "QLD-9", "--product", PRODUCT, "--lot", "W1", "--out", "recall.txt");
  for (const text of readFileSync(staff.path("recall.txt"), "utf8").trim().split("\n")) await wedge(page, text);
  await page.getByText("The notice was taken.").waitFor();
  await page.getByText(/Class 2: .* lot W1, 40 left, notice QLD-9/).waitFor();
  await context.close();
});
