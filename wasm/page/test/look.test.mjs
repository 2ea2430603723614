// What every screen must keep to, read from the page itself: WCAG by axe, nothing cut off, nothing out of bounds, targets
// that a thumb hits, and the same words in both languages.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { screens, shown } from "../build/screens.mjs";
import { sample, site } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let pages;
before(async () => (pages = await site()));
after(() => pages?.end());

/** Runs in the page: what is wrong with how it is laid out. */
function laidOut() {
  const wrong = [];
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className?.baseVal ?? element.className} “${(element.innerText ?? "").slice(0, 40)}”`;
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth > clientWidth) wrong.push(`the page is ${scrollWidth} wide in a window of ${clientWidth}`);
  const scrolls = (element) => element.closest(".scroller, .wide, nav, .filters, .combobox ul, .chart, .hidden, .skip, .space, svg");
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility() || element.closest("[hidden]")) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    if (!scrolls(element) && (box.right > clientWidth + 1 || box.left < -1)) wrong.push(`out of bounds: ${name(element)} from ${box.left} to ${box.right}`);
    const style = getComputedStyle(element);
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    // A name that is too long ends in “…”, and its link leads to the whole of it.
    if (own && style.overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1 && style.textOverflow !== "ellipsis" && !scrolls(element)) wrong.push(`cut off: ${name(element)}`);
    if (own && element.tagName === "BUTTON" && element.scrollWidth > element.clientWidth + 1) wrong.push(`cut off: ${name(element)}`);
    // What stands as one piece in a frame isn't shortened: the frame hides its end.
    const frame = element.parentElement;
    if (own && style.display === "inline-block" && getComputedStyle(frame).overflowX === "hidden" && box.right > frame.getBoundingClientRect().right + 1) wrong.push(`cut off by what it stands in: ${name(element)}`);
    const target = element.matches("button, select, input:not([type=file]), summary, nav a, [role=option], label.check");
    if (target && !element.closest("label.check") && box.height < 43.5) wrong.push(`${box.height} px high: ${name(element)}`);
    if (element.matches("a") && !scrolls(element) && box.height < 24) wrong.push(`link ${box.height} px high: ${name(element)}`);
  }
  return wrong;
}

const looks = [["vi", 360, true], ["en", 360, false], ["vi", 1280, false], ["en", 768, true], ["vi", 768, false]];
for (const [language, width, dark] of looks) {
  test(`every screen at ${width} px, ${language}, ${dark ? "dark" : "light"}: WCAG 2.2 AA, nothing cut off, targets of 44 px`, async () => {
    const { page, context } = await pages.visitor({ language, width, height: 800, dark, bypassCSP: true });
    const wrong = [];
    for (const screen of screens) {
      if (screen === "stock") await sample(page, pages.origin);
      await shown(page, pages.origin, screen);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      wrong.push(...violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary }) => `${screen}: ${id}: ${html.slice(0, 160)} ${failureSummary?.split("\n")[1] ?? ""}`)));
      wrong.push(...(await page.evaluate(laidOut)).map((what) => `${screen}: ${what}`));
    }
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test("everything can be done by keyboard: from the first visit to a medicine dispensed", async () => {
  const { page, context } = await pages.visitor();
  await page.goto(pages.origin);
  await page.getByRole("button", { name: "Open the sample pharmacy" }).waitFor();
  const tabTo = async (name) => {
    // Past every lot that is drawn, and round to the menu.
    for (let at = 0; at < 100; at++) {
      await page.keyboard.press("Tab");
      const here = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element?.matches("a, button, input, select")) return "";
        return `${element?.getAttribute("aria-label") ?? ""} ${element?.textContent ?? ""} ${element?.labels?.[0]?.textContent ?? ""}`;
      });
      if (here.includes(name)) return;
    }
    assert.fail(`no way to ${name} by the Tab key`);
  };
  await tabTo("Open the sample pharmacy");
  await page.keyboard.press("Enter");
  await page.locator("table .row a").first().waitFor();
  await tabTo("Dispense");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Dispense", exact: true }).waitFor();
  await tabTo("Medicine");
  await page.keyboard.type("lafexo 180");
  await page.locator("[role=listbox] [role=option]").first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".pick li").first().waitFor();
  await tabTo("Dispense as listed");
  await page.keyboard.press("Enter");
  await page.getByText(/^Dispensed 1/).waitFor();
  await context.close();
});
