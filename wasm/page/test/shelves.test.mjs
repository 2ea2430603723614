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
