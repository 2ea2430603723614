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
