// Pictures of the main screens at three widths, in both languages, light and dark: into screens/.
//
//   node build/screens.mjs [FOLDER]
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sample, site } from "../test/site.mjs";

const folder = process.argv[2] ?? fileURLToPath(new URL("../screens", import.meta.url));
/** To be looked at, not to be compared: a twentieth of what they take without loss. */
const small = { type: "jpeg", quality: 29 };
const sizes = [[360, 740], [768, 900], [1280, 860]];
// Each in both languages; colours and widths in turn, so that all of them are seen without taking every combination.
const screens = ["welcome", "stock", "lot", "dispense", "receive", "note", "count", "destroy", "findings", "charts", "exchange", "settings", "renew"];

/** Brings a screen up as somebody at work would see it. */
export async function shown(page, origin, screen) {
  if (screen === "welcome") {
    await page.goto(origin);
    return page.locator(".welcome").waitFor();
  }
  if (screen === "renew") {
    // A backup of the sample, restored as a pharmacy's own: read only.
    await page.goto(`${origin}/#/exchange`);
    const [backup] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^(Back up|Sao lưu)$/ }).click()]);
    await page.evaluate(() => localStorage.removeItem("medlot.device"));
    await page.goto(origin);
    await page.reload();
    await page.locator("input[type=file][accept*=tar]").setInputFiles(await backup.path());
    await page.locator(".sample a").waitFor();
  }
  const path = { lot: "stock", note: "handover" }[screen] ?? screen;
  await page.goto(`${origin}/#/${path}`);
  await page.locator("main :is(section, article):not(.recalls) > h2").first().waitFor();
  if (screen === "stock") {
    await page.locator("table .row a").first().waitFor();
    await page.locator(".figures").first().waitFor();
  } else if (screen === "lot") {
    await page.locator("table .row a").first().click();
    await page.locator("svg.trace .node").first().waitFor();
  } else if (screen === "charts") await page.locator(".chart canvas").first().waitFor();
  else if (screen === "findings") await page.locator(".findings li").first().waitFor();
  else if (screen === "dispense") {
    const product = page.getByRole("combobox").first();
    await product.fill("lafexo 180");
    await page.locator("[role=listbox] [role=option]").first().waitFor();
    await product.press("Enter");
    await page.locator(".row-of-fields input[inputmode=numeric]").first().fill("12");
    await page.locator(".pick li").first().waitFor();
  } else if (screen === "count") {
    await page.locator("main button.first").click();
    await page.locator(".shelf form").nth(2).waitFor();
    await page.locator(".shelf input").first().fill("12");
    await page.locator(".shelf input").first().press("Enter");
    await page.locator(".shelf .done").first().waitFor();
    await page.locator(".shelf input").nth(1).fill("7");
  } else if (screen === "destroy") {
    await page.locator("label.check input").first().check();
    await page.getByLabel(/Number of the minutes|Số biên bản/).fill("BB-3");
    await page.getByLabel(/Staff code|Mã người/).first().fill("DS-01");
    await page.locator("main button.danger").click();
    await page.locator(".findings form").first().waitFor();
    await page.locator("label.check input").first().check();
  } else if (screen === "note") {
    await page.getByLabel(/To the facility|Giao cho cơ sở/).fill("01C55");
    await page.getByLabel(/Note number|Số phiếu/).fill("PX-12");
    const product = page.locator("[role=combobox]");
    await product.fill("lafexo 180");
    await page.locator("[role=listbox] [role=option]").first().waitFor();
    await product.press("Enter");
    await page.locator("form select option").first().waitFor({ state: "attached" });
    await page.locator("form input[inputmode=numeric]").fill("8");
    await page.locator("form button[type=submit]").click();
    await page.locator(".lines li").first().waitFor();
    await page.locator("main > section > button.first").click();
    await page.locator(".code.shown svg").first().waitFor();
  }
}

export { screens };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pages = await site();
  let at = 0;
  for (const language of ["vi", "en"]) {
    for (const [width, height] of sizes) {
      const dark = at++ % 2 === 1;
      const { page, context } = await pages.visitor({ language, width, height, dark });
      const picture = (screen) =>
        page.screenshot({ ...small, path: join(folder, `${screen}-${language}-${width}-${dark ? "dark" : "light"}.jpg`), fullPage: !["findings", "count", "destroy"].includes(screen) });
      await shown(page, pages.origin, "welcome");
      await picture("welcome");
      await sample(page, pages.origin);
      await page.locator(".offline").waitFor();
      for (const screen of screens.slice(1)) {
        await shown(page, pages.origin, screen);
        await picture(screen);
      }
      // The other colours of what is looked at most.
      await page.emulateMedia({ colorScheme: dark ? "light" : "dark" });
      await shown(page, pages.origin, "stock");
      await page.screenshot({ ...small, path: join(folder, `stock-${language}-${width}-${dark ? "light" : "dark"}.jpg`) });
      await context.close();
    }
  }
  await pages.end();
}
