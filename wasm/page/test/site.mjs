// The built page served with its headers, in the machine's own Chromium: one browser for every journey.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { command } from "../build/sample.mjs";
import { serve } from "../serve.mjs";

const CHROMIUM = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The machine's Chromium. */
export function browser(more = []) {
  const executablePath = CHROMIUM.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium: install it, or name it in the variable CHROMIUM");
  return chromium.launch({ executablePath, args: [...ARGS, ...more] });
}

/** The served page and a browser; `end` fails on what pages' consoles said. */
export async function site({ args = [], ...options } = {}) {
  const served = await serve(options);
  const driven = await browser(args).catch((error) => {
    served.end();
    throw error;
  });
  const said = [];
  const contexts = new Set();
  return {
    served,
    origin: served.origin,
    browser: driven,
    said,
    /** A visitor with a profile of its own. */
    async visitor({ language = "en", width = 1280, height = 900, dark = false, ...more } = {}) {
      const context = await driven.newContext({
        viewport: { width, height }, locale: language === "vi" ? "vi-VN" : "en-GB",
        colorScheme: dark ? "dark" : "light", reducedMotion: "reduce", acceptDownloads: true, ...more,
      });
      contexts.add(context);
      const elsewhere = [];
      context.on("request", (request) => {
        const url = new URL(request.url());
        if (url.origin !== served.origin && /^https?:$/.test(url.protocol)) elsewhere.push(request.url());
      });
      context.on("page", (page) => watch(page, said));
      return { context, elsewhere, page: await context.newPage() };
    },
    async end() {
      await driven.close();
      served.end();
      assert.deepEqual(said, [], "errors in pages' consoles");
    },
  };
}

/** What a page must not say: errors, and what its policy forbids. */
function watch(page, said) {
  page.on("pageerror", (error) => said.push(error.stack ?? String(error)));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !page.expected?.test(text)) said.push(text);
  });
}

/** Opens the sample pharmacy in a fresh page. */
export async function sample(page, origin, path = "") {
  await page.goto(origin);
  await page.getByRole("button", { name: /Open the sample|Mở nhà thuốc mẫu/ }).click();
  await page.locator("table .row a").first().waitFor();
  if (path) await page.goto(`${origin}/#/${path}`);
}

/** An authority and others, by the command in a folder of its own. */
export function office(now = new Date()) {
  const folder = mkdtempSync(join(tmpdir(), "medlot-page-"));
  const medlot = (who, ...args) =>
    execFileSync(command(), ["--dir", who, "--now", now.toISOString().slice(0, 19) + "Z", ...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const path = (name) => join(folder, name);
  medlot("ministry", "authority", "init", "--country", "VN", "--currency", "VND", "--out", "root.mlt");
  const children = [];
  return {
    folder, medlot, path,
    read: (name) => readFileSync(path(name)),
    /** A device of a folder, enrolled. */
    join(who, facility, roles = "move") {
      medlot("ministry", "authority", "invite", "--facility", facility, "--roles", roles, "--out", `${who}.invitation`);
      medlot(who, "device", "init", "--invitation", `${who}.invitation`, "--out", `${who}.request`);
      medlot("ministry", "authority", "enrol", `${who}.request`, "--scope", "own", "--out", `${who}.enrolment`);
      medlot(who, "device", "accept", `${who}.enrolment`);
    },
    /** News of which logs are cut off: none. */
    state() {
      medlot("ministry", "authority", "state", "--good-for", "30", "--out", "state.mlt");
      return ["state.mlt", "state.list.mlt"];
    },
    /** A hub that answers `POST /v1/sync`; resolves with its address. */
    async hub() {
      medlot("hub", "sync", "--begin-hub", "root.mlt");
      const child = spawn(command(), ["--dir", "hub", "--now", now.toISOString().slice(0, 19) + "Z", "sync", "--listen", "127.0.0.1:0", "--everything"], { cwd: folder });
      children.push(child);
      return new Promise((resolve, reject) => {
        let text = "";
        const heard = (data) => {
          text += data;
          const found = /127\.0\.0\.1:(\d+)/.exec(text);
          if (found && found[1] !== "0") resolve(`http://127.0.0.1:${found[1]}`);
        };
        child.stdout.on("data", heard);
        child.stderr.on("data", heard);
        child.once("exit", (ended) => reject(new Error(`medlot sync --listen ended with ${ended}: ${text}`)));
      });
    },
    end() {
      for (const child of children) child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Joins a page's device to an office: invitation as a picture of a QR code or a file, request, enrolment. */
export async function joined(page, origin, office, facility, { picture = true, first, roles } = {}) {
  const invitation = invited(office, facility, picture ? "png" : "mlt", roles);
  await page.goto(origin);
  await first?.();
  await page.locator("input[type=file]").first().setInputFiles(office.path(invitation));
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await enrolled(page, office, facility);
  await page.getByRole("heading", { name: "Stock", exact: true }).waitFor();
}

/** An invitation for a facility's page; gives its file. */
export function invited(office, facility, ending = "mlt", roles = "move") {
  const file = `${facility}-page.${ending}`;
  office.medlot("ministry", "authority", "invite", "--facility", facility, "--roles", roles, "--out", file);
  return file;
}

/** Sends the request that a page shows to its authority, and gives the page the enrolment. */
export async function enrolled(page, office, facility) {
  const file = await saved(page, office, "Save the request as a file", `${facility}-page.request`);
  office.medlot("ministry", "authority", "enrol", file, "--scope", "own", "--out", `${facility}-page.enrolment.mlt`);
  await page.locator("input[type=file]").first().setInputFiles(office.path(`${facility}-page.enrolment.mlt`));
}

/** Presses a button that gives a file, and keeps it in the office. */
export async function saved(page, office, button, file) {
  const [given] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  await given.saveAs(office.path(file));
  return file;
}

export const PRODUCT = "gtin:08934567000017";
export const row = (page, lot) => page.locator("table .row", { hasText: lot });

/** Goods that the page has by its own hand. */
export async function stocked(page, origin, lines) {
  await page.goto(`${origin}/#/receive`);
  await page.getByRole("heading", { name: "By hand" }).waitFor();
  const sheet = `product,lot,expiry,quantity\n${lines.map((line) => line.join(",")).join("\n")}\n`;
  await page.locator("input[type=file][accept*=csv]").setInputFiles({ name: "stock.csv", mimeType: "text/csv", buffer: Buffer.from(sheet) });
  const record = page.getByRole("button", { name: `Record ${lines.length.toLocaleString("en-GB")} lines` });
  await record.click();
  await record.waitFor({ state: "detached" });
}

/** The dispensing screen with a medicine of the stock chosen. */
export async function dispensing(page, origin, words = "08934567000017") {
  await page.goto(`${origin}/#/dispense`);
  await page.getByRole("combobox", { name: "Medicine" }).fill(words);
  await page.locator("[role=listbox] [role=option]").first().waitFor();
  await page.getByRole("combobox", { name: "Medicine" }).press("Enter");
}

export async function available(page, origin, lot) {
  await page.goto(`${origin}/#/stock`);
  // What the last visit left isn't what is.
  await page.locator(".scroller").waitFor();
  await page.locator(".checking").waitFor({ state: "detached" });
  await page.getByLabel("Find a medicine").fill(lot);
  await row(page, lot).first().waitFor();
  return (await row(page, lot).first().locator(".available").innerText()).trim();
}

/** A scanner that types, as fast as one does; its separator as Ctrl and “]”, and Enter at the end. */
export async function wedge(page, text, { end = true } = {}) {
  const devtools = await page.context().newCDPSession(page);
  const keys = [];
  // By its own clock, however busy the machine is.
  let timestamp = Date.now() / 1000;
  const press = (key) => {
    timestamp += 0.005;
    keys.push(devtools.send("Input.dispatchKeyEvent", { type: "keyDown", timestamp, ...key }), devtools.send("Input.dispatchKeyEvent", { type: "keyUp", timestamp, ...key, text: undefined }));
  };
  for (const character of text) {
    if (character === "\u001d") press({ key: "]", code: "BracketRight", windowsVirtualKeyCode: 221, modifiers: 2 });
    else press({ key: character, text: character });
  }
  if (end) press({ key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" });
  await Promise.all(keys);
  await devtools.detach();
}
