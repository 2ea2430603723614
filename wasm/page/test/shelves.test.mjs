// What stands on shelves beside whole packs: opened ones, vaccines by their monitor, and counting all of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PRODUCT, available, dispensing, joined, office, row, saved, site, stocked } from "./site.mjs";

let pages, staff;
before(async () => {
  staff = office();
  staff.join("wholesaler", "01C58");
  pages = await site();
});
after(async () => {
  staff?.end();
  await pages?.end();
});

const listed = async (page) => (await page.locator(".pick li").allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
const until = (page, first) => page.waitForFunction((first) => document.querySelector(".pick li")?.innerText.replace(/\s+/g, " ").startsWith(first), first);

test("seven tablets of an opened pack are dispensed, the opened pack goes first, and what is wasted of it is thrown away", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C70", { picture: false });
  await stocked(page, pages.origin, [[PRODUCT, "PK", "2028-06", 5], [PRODUCT, "LATE", "2029-06", 5]]);
  await dispensing(page, pages.origin);
  await page.getByText("Parts of an opened unit").click();
  await page.getByLabel("Parts", { exact: true }).fill("7");
  // How many make a unit is never guessed.
  await page.getByText("parts need how many make a unit").waitFor();
  await page.getByLabel("One unit has").fill("10");
  await until(page, "7/10 pieces lot PK");
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed 7\/10 pieces/).waitFor();
  assert.equal(await available(page, pages.origin, "PK"), "4 · 3/10 pieces");

  // Remembered for this medicine; the rest of the opened pack goes before a whole one.
  await dispensing(page, pages.origin);
  await page.waitForFunction(() => [...document.querySelectorAll(".opened input")].some(({ value }) => value === "10"));
  await page.getByLabel("Quantity").fill("4");
  await page.getByLabel("Parts", { exact: true }).fill("9");
  await until(page, "4 + 3/10 pieces lot PK");
  assert.match((await listed(page))[1], /^6\/10 pieces lot LATE/);
  await page.getByLabel("Quantity").fill("");
  await page.getByLabel("Parts", { exact: true }).fill("5");
  await until(page, "5/10 pieces lot PK");
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed 5\/10 pieces/).waitFor();
  assert.equal(await available(page, pages.origin, "PK"), "3 · 8/10 pieces");

  await dispensing(page, pages.origin);
  await page.getByLabel("Reason").selectOption("open_vial_wastage");
  await page.getByLabel("Parts", { exact: true }).fill("9");
  await page.getByText("1/10 pieces missing").waitFor();
  await page.getByLabel("Parts", { exact: true }).fill("8");
  await until(page, "8/10 pieces lot PK");
  await page.getByText("1/10 pieces missing").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed 8\/10 pieces/).waitFor();
  assert.equal(await available(page, pages.origin, "PK"), "3");

  // It wasn't wasted after all.
  await row(page, "PK").locator("a").click();
  await page.getByRole("button", { name: /^Take back: open-vial wastage/ }).click();
  await page.getByText("8/10 pieces, open-vial wastage").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await page.getByText("Taken back.").waitFor();
  await page.getByText("opened: 8/10 pieces").waitFor();
  await page.goto(`${pages.origin}/#/exchange`);
  await saved(page, staff, "Export the signed log", "parts.mlt");
  staff.medlot("wholesaler", "device", "accept", "parts.mlt");
  assert.match(staff.medlot("wholesaler", "stock", "--facility", "01C70", "--json"), /"count":8,"per_unit":10,"measure":"piece"/);

  // Two whole packs are held back, the opened one isn't.
  await available(page, pages.origin, "PK");
  await row(page, "PK").locator("a").click();
  await page.getByText("Hold back, release").click();
  await page.getByLabel("Quantity").fill("2");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await page.getByText("Recorded.", { exact: true }).waitFor();
  await dispensing(page, pages.origin);
  await page.getByLabel("Quantity").fill("1");
  await page.getByLabel("Parts", { exact: true }).fill("7");
  await until(page, "1 + 7/10 pieces lot PK");
  await context.close();
});

const counted = (page, lot) => page.getByRole("textbox", { name: new RegExp(`lot ${lot} .*on record`) });

test("hundreds of lots are counted down the shelf by keyboard, in parts too, and a tab that is killed loses nothing typed", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C71", { picture: false });
  await stocked(page, pages.origin, Array.from({ length: 450 }, (_, at) => ["local:SHELF", `C${String(at).padStart(3, "0")}`, "2028-06", 10 + at]));
  await page.goto(`${pages.origin}/#/count`);
  await page.getByRole("button", { name: "Begin the stock-take" }).click();
  await page.getByText("0 of 450 lots counted.").waitFor();
  // All of them are there, though few are drawn.
  await page.locator(".scroller").evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await counted(page, "C449").waitFor();
  assert.ok((await page.locator(".shelf li").count()) < 60);

  await page.getByLabel("Find a medicine").fill("C4");
  await counted(page, "C400").fill("7");
  await page.keyboard.press("Enter");
  await page.getByText("counted: 7").waitFor();
  await page.waitForFunction(() => document.activeElement?.id.includes("C401"));
  assert.equal(await page.getByLabel("Find a medicine").inputValue(), "C4");
  await page.keyboard.type("11");
  await page.getByText("1 lots typed and not recorded.").waitFor();
  const crashed = new Promise((gone) => page.once("crash", gone));
  const devtools = await context.newCDPSession(page);
  devtools.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();

  const tab = await context.newPage();
  await tab.goto(`${pages.origin}/#/count`);
  await tab.getByText("1 of 450 lots counted.").waitFor();
  await tab.getByLabel("Find a medicine").fill("C40");
  assert.equal(await counted(tab, "C401").inputValue(), "11");
  // A pack of ten, of which nobody said yet that it is one.
  await tab.getByRole("button", { name: /^Parts: .* lot C402/ }).click();
  const dialog = tab.getByRole("dialog");
  await dialog.getByLabel("Quantity").fill("3");
  await dialog.getByLabel("Parts", { exact: true }).fill("4");
  await dialog.getByLabel("One unit has").fill("10");
  await dialog.getByRole("button", { name: "Record the count" }).click();
  await tab.getByText("counted: 3 + 4/10 pieces").waitFor();
  // The same lot stands on another shelf: two more packs.
  await counted(tab, "C402").fill("2");
  await counted(tab, "C402").press("Enter");
  await tab.getByText("counted: 5 + 4/10 pieces").waitFor();
  await counted(tab, "C403").fill("413");
  await counted(tab, "C403").press("Enter");
  await tab.getByText("counted: 413").waitFor();
  await tab.getByRole("button", { name: "Differs" }).click();
  await counted(tab, "C403").waitFor({ state: "detached" });
  assert.deepEqual(await tab.locator(".shelf li label").evaluateAll((all) => all.map(({ textContent }) => /C\d+/.exec(textContent)[0])), ["C400", "C402"]);
  await tab.getByRole("button", { name: "End", exact: true }).click();
  await tab.getByRole("dialog", { name: "1 lots typed and not recorded." }).getByRole("button", { name: "Record 1 that were typed" }).click();
  await tab.getByText("The stock-take has ended, 4 lots.").waitFor();
  for (const [lot, left] of [["C400", "7"], ["C401", "11"], ["C402", "5 · 4/10 pieces"], ["C403", "413"], ["C404", "414"]]) assert.equal(await available(tab, pages.origin, lot), left, lot);
  await context.close();
});

test("a vial at stage 2 of its monitor goes first, one at stage 3 is stopped, and a count in a store finds what changed", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C72", { picture: false });
  await page.goto(`${pages.origin}/#/receive`);
  for (const [lot, until, stage] of [["V1", "280630", "1: use"], ["V2", "300131", "2: use first"]]) {
    await page.getByLabel("Scan a pack").fill(`(01)08934567000017(17)${until}(10)${lot}`);
    await page.getByLabel("Scan a pack").press("Enter");
    await page.waitForFunction((lot) => [...document.querySelectorAll("input")].some(({ value }) => value === lot), lot);
    await page.getByLabel("Quantity").fill("20");
    await page.getByLabel("Vial monitor (VVM)").selectOption({ label: stage });
    await page.getByRole("button", { name: "Add the line" }).click();
  }
  await page.getByRole("button", { name: "Record 2 lines" }).click();
  await page.getByText("2 lines recorded.").waitFor();
  await dispensing(page, pages.origin);
  await page.getByLabel("Quantity").fill("25");
  await until(page, "20 lot V2");
  assert.deepEqual(await listed(page), ["20 lot V2 · 31/01/2030 · VVM 2", "5 lot V1 · 30/06/2028 · VVM 1"]);
  await page.getByRole("button", { name: "Dispense as listed" }).click();
  await page.getByText(/^Dispensed 5/).waitFor();

  // Eight vials were left in the sun, and stand in another store.
  assert.equal(await available(page, pages.origin, "V1"), "15");
  await row(page, "V1").locator("a").click();
  const move = async (reason, field, value) => {
    await page.getByLabel("Reason").selectOption(reason);
    await (field === "To the store" ? page.getByLabel(field).fill(value) : page.getByLabel(field).selectOption({ label: value }));
    await page.getByLabel("Quantity").fill("8");
    await page.getByRole("button", { name: "Record", exact: true }).click();
    await page.getByText("Recorded.").last().waitFor();
  };
  await page.getByText("Hold back, release").click();
  await move("vaccine_vial_monitor", "The monitor shows", "3: don't use");
  await page.locator(".figures dt", { hasText: "VVM 3" }).waitFor();
  await page.goto(`${pages.origin}/#/stock`);
  await page.getByRole("button", { name: /^Spoilt \(VVM\) 1/ }).click();
  await page.waitForFunction(() => document.querySelectorAll("table .row").length === 1);
  assert.equal((await row(page, "VVM 3").locator(".available").innerText()).trim(), "0 / 8");

  // The code says nothing of the monitor: whoever holds the vial does.
  await page.goto(`${pages.origin}/#/dispense`);
  await page.getByLabel("Scan a pack").fill("(01)08934567000017(17)280630(10)V1");
  await page.getByLabel("Scan a pack").press("Enter");
  await page.getByRole("heading", { name: "May be dispensed" }).waitFor();
  await page.getByLabel("The monitor shows").selectOption({ label: "3: don't use" });
  await page.getByRole("heading", { name: "STOP: don't dispense" }).waitFor();
  await page.getByText("vial monitor at stage 3 or 4").waitFor();
  await page.getByRole("button", { name: /^Dispense 1 of this lot/ }).click();
  await page.getByRole("dialog", { name: "STOP: don't dispense" }).getByRole("button", { name: "Don't dispense" }).click();
  await page.getByLabel("The monitor shows").selectOption({ label: "1: use" });
  await page.getByRole("button", { name: /^Dispense 1 of this lot/ }).click();
  await page.getByText(/^Dispensed 1/).waitFor();
  assert.equal((await page.evaluate(() => document.querySelectorAll("dialog").length)), 0);

  // Of the six at stage 1 two more have turned: as they are found, so they are counted.
  await page.goto(`${pages.origin}/#/stock`);
  await page.getByLabel("Find a medicine").fill("V1");
  await row(page, "VVM 1").locator("a").click();
  await page.getByText("Hold back, release").click();
  await page.getByLabel("From the store").selectOption({ label: "Main store · VVM 1" });
  await page.getByLabel("Reason").selectOption("store_to_store");
  await page.getByLabel("To the store").fill("T05");
  await page.getByLabel("Quantity").fill("6");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await page.locator(".figures dt", { hasText: "T05" }).waitFor();
  await page.goto(`${pages.origin}/#/count`);
  await page.getByLabel("Store").selectOption("T05");
  await page.getByRole("button", { name: "Begin the stock-take" }).click();
  await page.getByText("0 of 1 lots counted.").waitFor();
  await page.getByText("A lot that is not in the list").click();
  const entry = page.locator("details", { hasText: "A lot that is not in the list" });
  await entry.getByLabel("Scan a pack").fill("(01)08934567000017(17)280630(10)V1");
  await entry.getByLabel("Scan a pack").press("Enter");
  await page.waitForFunction(() => [...document.querySelectorAll("details input")].some(({ value }) => value === "V1"));
  await entry.getByLabel("Quantity").fill("2");
  await entry.getByLabel("Vial monitor (VVM)").selectOption({ label: "2: use first" });
  await entry.getByRole("button", { name: "Add the line" }).click();
  // What stands beside it under another stage is counted too, though the book says 0 of it now.
  await page.getByText("1 of 2 lots counted.").waitFor();
  await page.getByRole("textbox", { name: /VVM 1/ }).fill("4");
  await page.getByRole("textbox", { name: /VVM 1/ }).press("Enter");
  await page.getByText("counted: 4").waitFor();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await page.getByText(/The stock-take has ended/).waitFor();
  await page.goto(`${pages.origin}/#/stock`);
  await page.getByLabel("Find a medicine").fill("V1");
  await page.waitForFunction(() => document.querySelectorAll("table .row").length === 3);
  const rows = (await page.locator("table .row").evaluateAll((all) => all.map((row) => `${row.querySelector("td.lot").innerText.replace(/\s+/g, " ").trim()}: ${row.querySelector(".available").innerText.trim()}`))).sort();
  assert.deepEqual(rows, ["V1 T05 VVM 1: 4", "V1 T05 VVM 2: 2", "V1 VVM 3: 0 / 8"]);
  await context.close();
});

test("a delivery is received at the stage that its vial monitors show, not the one that was sent", async () => {
  const sender = await pages.visitor();
  await joined(sender.page, pages.origin, staff, "01C75", { picture: false });
  await sender.page.goto(`${pages.origin}/#/receive`);
  await sender.page.getByLabel("Scan a pack").fill("(01)08934567000017(17)280630(10)V7");
  await sender.page.getByLabel("Scan a pack").press("Enter");
  await sender.page.waitForFunction(() => [...document.querySelectorAll("input")].some(({ value }) => value === "V7"));
  await sender.page.getByLabel("Quantity").fill("20");
  await sender.page.getByLabel("Vial monitor (VVM)").selectOption({ label: "1: use" });
  await sender.page.getByRole("button", { name: "Add the line" }).click();
  await sender.page.getByRole("button", { name: "Record 1 lines" }).click();
  await sender.page.getByText("1 lines recorded.").waitFor();
  await sender.page.goto(`${pages.origin}/#/handover`);
  await sender.page.getByLabel("To the facility").fill("01C76");
  await sender.page.getByLabel("Note number").fill("PX-7");
  await sender.page.getByRole("combobox", { name: "Medicine" }).fill("0893456700");
  await sender.page.locator("[role=listbox] [role=option]").first().click();
  await sender.page.getByLabel("Lot", { exact: true }).locator("option").first().waitFor({ state: "attached" });
  await sender.page.getByLabel("Quantity").fill("8");
  await sender.page.getByRole("button", { name: "Add the line" }).click();
  await sender.page.getByRole("button", { name: "Sign and make the code" }).click();
  await sender.page.getByRole("heading", { name: "Delivery note" }).waitFor();
  await saved(sender.page, staff, "Save the file", "warm.mlt");
  await sender.context.close();

  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C76", { picture: false });
  await page.goto(`${pages.origin}/#/receive`);
  await page.getByRole("heading", { name: "Against a hand-over code" }).waitFor();
  for (const file of staff.state()) await page.locator("input[type=file]").first().setInputFiles(staff.path(file));
  await page.getByText("The notice was taken.").first().waitFor();
  await page.locator("input[type=file]").first().setInputFiles(staff.path("warm.mlt"));
  await page.getByText("The signature is valid.").waitFor();
  await page.getByLabel("Line 1: the monitor shows").selectOption({ label: "2: use first" });
  await page.getByRole("button", { name: "Receive", exact: true }).click();
  await page.getByText("1 lines received.").waitFor();
  assert.equal(await available(page, pages.origin, "V7"), "8");
  assert.match(await row(page, "V7").locator(".lot").innerText(), /VVM 2/);
  await context.close();
});

test("a destruction has its minutes, and three people stand for it, each by a code; a refusal doesn't count", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C73", { picture: false, roles: "move,attest" });
  const product = "gtin:08934567000024";
  await stocked(page, pages.origin, [[product, "OLD", "2026-01-31", 12], [product, "BAD", "2029-06", 30], [product, "GOOD", "2029-06", 7]]);
  await available(page, pages.origin, "BAD");
  await row(page, "BAD").locator("a").click();
  await page.getByText("Hold back, release").click();
  await page.getByLabel("Quantity").fill("4");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await page.getByText("Recorded.", { exact: true }).waitFor();
  await page.goto(`${pages.origin}/#/destroy`);
  // What is expired or held back is due, and nothing else.
  await page.getByRole("checkbox", { name: /OLD/ }).check();
  await page.getByRole("checkbox", { name: /BAD .* 4 .*Held back/ }).check();
  assert.equal(await page.getByRole("checkbox").count(), 2);
  await page.getByText("Another lot").click();
  await page.getByRole("combobox", { name: "Medicine" }).fill("08934567000024");
  await page.locator("[role=listbox] [role=option]").first().click();
  await page.getByLabel("Lot", { exact: true }).selectOption(await page.getByLabel("Lot", { exact: true }).locator("option", { hasText: "GOOD" }).getAttribute("value"));
  await page.getByLabel("Quantity").fill("2");
  await page.getByRole("button", { name: "Add the line" }).click();
  await page.getByLabel("Number of the minutes").fill("BB-07");
  await page.getByLabel("Staff code of who destroys").fill("D1");
  await page.getByRole("button", { name: "Record the destruction of 3 lines" }).click();
  const sign = async (code, as, button = "I was there") => {
    await page.getByLabel("Staff code", { exact: true }).fill(code);
    await page.getByLabel("As", { exact: true }).selectOption({ label: as });
    await page.getByRole("button", { name: button }).click();
  };
  await page.getByText("1 of 3 people").waitFor();
  await sign("D9", "witness", "Refuse to confirm");
  await page.getByText("D9 refused to confirm it.").waitFor();
  // Whoever destroyed doesn't become two by signing.
  await sign("D1", "witness");
  await page.getByText("D1 confirmed it.").waitFor();
  await page.getByText("1 of 3 people").waitFor();
  await sign("D2", "witness");
  await page.getByText("2 of 3 people").waitFor();
  await page.goto(`${pages.origin}/#/findings`);
  await page.getByText("Destroyed without witnesses").first().waitFor();
  await page.goto(`${pages.origin}/#/destroy`);
  await sign("D3", "pharmacist in charge");
  await page.getByText("3 people or more").waitFor();
  await page.getByText("D9 (witness) refused; D1 (witness); D2 (witness); D3 (pharmacist in charge)").waitFor();
  await page.goto(`${pages.origin}/#/findings`);
  await page.getByText("Nothing to settle.").waitFor();
  assert.equal(await available(page, pages.origin, "GOOD"), "5");
  assert.equal(await available(page, pages.origin, "BAD"), "26");
  await page.goto(`${pages.origin}/#/destroy`);
  await page.getByRole("button", { name: "See and print the minutes: BB-07" }).click();
  await page.getByRole("heading", { name: "Destruction minutes" }).waitFor();
  assert.deepEqual(await page.locator(".note tbody td:nth-child(2)").allInnerTexts(), ["OLD", "BAD", "GOOD"]);
  assert.deepEqual(await page.locator(".note .signed").allInnerTexts(), ["D9 (witness) refused", "D1 (witness)", "D2 (witness)", "D3 (pharmacist in charge)"]);
  await page.goto(`${pages.origin}/#/exchange`);
  await saved(page, staff, "Export the signed log", "destroyed.mlt");
  staff.medlot("wholesaler", "device", "accept", "destroyed.mlt");
  assert.doesNotMatch(staff.medlot("wholesaler", "findings", "--facility", "01C73"), /stand for this destruction/);
  // Each person's word is one record for the whole minutes.
  const attests = staff.medlot("wholesaler", "movements", "--kind", "attest", "--jsonl").trim().split("\n").map((line) => JSON.parse(line));
  const said = attests.filter(({ facility }) => facility === "01C73").map(({ operator, refused = false }) => `${operator} ${refused}`);
  assert.deepEqual(said, ["D9 true", "D1 false", "D2 false", "D3 false"]);
  await context.close();
});

test("where the enrolment grants no role to attest, the page says that no confirmation counts", async () => {
  const { page, context } = await pages.visitor();
  await joined(page, pages.origin, staff, "01C74", { picture: false });
  await stocked(page, pages.origin, [[PRODUCT, "OLD", "2026-01-31", 12]]);
  await page.goto(`${pages.origin}/#/destroy`);
  await page.getByRole("checkbox", { name: /OLD/ }).check();
  await page.getByLabel("Number of the minutes").fill("BB-08");
  await page.getByLabel("Staff code of who destroys").fill("D1");
  await page.getByRole("button", { name: "Record the destruction of 1 lines" }).click();
  await page.getByText("1 of 3 people").waitFor();
  await page.getByLabel("Staff code", { exact: true }).fill("D2");
  await page.getByRole("button", { name: "I was there" }).click();
  await page.getByText("what is confirmed here doesn't count").waitFor();
  await page.getByText("1 of 3 people").waitFor();
  await context.close();
});
