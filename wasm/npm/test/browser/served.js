// A page with the package under a strict Content-Security-Policy, in the machine's own Chromium.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const types = { js: "text/javascript", wasm: "application/wasm", html: "text/html", ts: "text/plain" };
const at = (folder) => new URL(folder, import.meta.url);
const folders = { dist: at("../../dist/"), pages: at("pages/"), example: at("../../example/"), vectors: at("../") };
// 'wasm-unsafe-eval' lets modules be compiled; nothing inline, nothing from elsewhere.
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

/** Passes a request's body to what answers it. */
async function posted(answer, request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const said = await answer({ session: request.headers["medlot-session"], body: Buffer.concat(parts) });
  response.writeHead(said.status, { "cache-control": "no-store", ...(said.session && { "medlot-session": said.session }) });
  response.end(said.bytes);
}

/** Serves them on localhost. */
async function serve() {
  const answers = new Map();
  const server = createServer((request, response) => {
    const answer = request.method === "POST" && answers.get(request.url);
    if (answer) return void posted(answer, request, response).catch((error) => response.writeHead(500).end(String(error)));
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    const [, folder, file] = /^\/(dist|pages|example|vectors)\/([a-z.-]+)$/.exec(new URL(request.url, "http://localhost").pathname) ?? [];
    const path = file && fileURLToPath(new URL(file, folders[folder]));
    const found = path && existsSync(path);
    response.writeHead(found ? 200 : 404, {
      "content-type": types[file?.split(".").at(-1)] ?? "text/plain",
      "content-security-policy": POLICY,
      "cache-control": "no-store",
    });
    return response.end(found ? readFileSync(path) : "not here");
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, answers, origin: `http://localhost:${server.address().port}` };
}

const CHROMIUM = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** The machine's Chromium. */
function browser() {
  const executablePath = CHROMIUM.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium: install it, or name it in the variable CHROMIUM");
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath, args });
}

/** The served package, and a browser with one profile in which pages of it are opened. */
export async function site() {
  const { server, answers, origin } = await serve();
  const chromium = await browser().catch((error) => {
    server.close();
    throw error;
  });
  const context = await chromium.newContext();
  const said = [];
  return {
    /** Where it is served. */
    origin,
    /** Answers what is posted to a path from now on. */
    answer: (path, answer) => answers.set(path, answer),
    /** A page with the package in it; its console may say what is expected. */
    async page(expected) {
      const page = await context.newPage();
      page.on("pageerror", (error) => said.push(error.stack));
      page.on("console", (message) => {
        if (message.type() === "error" && !expected?.test(message.text())) said.push(message.text());
      });
      await page.goto(`${origin}/pages/page.html`);
      await page.waitForFunction(() => globalThis.medlot);
      return page;
    },
    /** Closes everything; what a page's console said against it is a failure. */
    async end() {
      await chromium.close();
      server.closeAllConnections();
      server.close();
      assert.deepEqual(said, [], "errors in pages' consoles");
    },
  };
}
