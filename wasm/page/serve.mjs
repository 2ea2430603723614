// Serves dist/ on this machine, with the headers that a real server should send.
//
//   node serve.mjs [--port 8080] [--host 127.0.0.1] [--sync http://127.0.0.1:8700] [--also FOLDER=/path]
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { policyText } from "./build/policy.mjs";

const types = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm", ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json",
  ".csv": "text/csv; charset=utf-8", ".bin": "application/octet-stream",
};
const DIST = fileURLToPath(new URL("dist", import.meta.url));
const packed = new Map();

/** What a file is with brotli, as a server of static files would keep it. */
function brotli(path) {
  const key = `${path} ${statSync(path).mtimeMs}`;
  if (!packed.has(key)) packed.set(key, brotliCompressSync(readFileSync(path)));
  return packed.get(key);
}

/** Sends a session's frames on to a hub, so that the page's own origin answers. */
function passOn(sync, request, response) {
  const { "medlot-session": session, "content-length": length } = request.headers;
  const headers = { "content-type": "application/octet-stream", ...(session && { "medlot-session": session }), ...(length && { "content-length": length }) };
  const on = ask(new URL("/v1/sync", sync), { method: "POST", headers }, (answer) => {
    const named = answer.headers["medlot-session"];
    response.writeHead(answer.statusCode ?? 502, { "content-type": "application/octet-stream", ...(named && { "medlot-session": named }) });
    answer.pipe(response);
  });
  on.on("error", (error) => response.headersSent || response.writeHead(502).end(String(error)));
  request.pipe(on);
}

/** Serves; resolves with its address and what ends it. */
export async function serve({ port = 0, host = "127.0.0.1", sync, folder = DIST, compress = false, extra = {} } = {}) {
  const headers = {
    "content-security-policy": `${policyText()}; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "POST" && pathname === "/v1/sync" && state.sync) return passOn(state.sync, request, response);
    if (request.method !== "GET" && request.method !== "HEAD") return response.writeHead(405, headers).end();
    const name = pathname === "/" ? "index.html" : decodeURIComponent(pathname.slice(1));
    const path = extra[name] ?? join(folder, normalize(`/${name}`));
    if (!existsSync(path) || !statSync(path).isFile()) return response.writeHead(404, headers).end("not here");
    const hashed = /^assets\//.test(name);
    response.setHeader("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    if (compress && /\bbr\b/.test(request.headers["accept-encoding"] ?? "")) {
      response.writeHead(200, { ...headers, "content-encoding": "br" });
      return response.end(brotli(path));
    }
    response.writeHead(200, headers);
    return createReadStream(path).pipe(response);
  });
  const state = { sync, origin: "", end: () => { server.closeAllConnections(); server.close(); } };
  await new Promise((listening, failed) => {
    server.once("error", failed);
    server.listen(port, host, listening);
  });
  state.origin = `http://${host === "127.0.0.1" ? "localhost" : host}:${server.address().port}`;
  return state;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
  };
  const extra = given("sample") ? { "sample.bin": given("sample") } : {};
  const how = { host: given("host", "127.0.0.1"), sync: given("sync"), compress: true, extra };
  // A port that was asked for is that port; the usual one may be taken.
  const served = await serve({ ...how, port: Number(given("port", 8080)) }).catch((error) => {
    if (given("port") || error.code !== "EADDRINUSE") throw error;
    return serve(how);
  });
  console.log(served.origin);
}
