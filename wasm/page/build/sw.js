// The service worker: the page from its store, whatever the network does. The build writes the list.
const list = /* list */ null;
const store = `medlot-page-${list.version}`;

const kept = async (files) => {
  const cache = await caches.open(store);
  const missing = [];
  for (const file of files) if (!(await cache.match(file))) missing.push(file);
  // Past the browser's cache: a file of an older build under the same name would stay for good.
  await cache.addAll(missing.map((file) => new Request(file, { cache: "reload" })));
};

self.addEventListener("install", (event) => event.waitUntil(kept(list.first)));

self.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("medlot-page-") && name !== store) await caches.delete(name);
      await self.clients.claim();
    })(),
  ),
);

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (event.data === "renew") void self.skipWaiting();
  if (event.data === "rest")
    event.waitUntil(
      kept([...list.first, ...list.later]).then(
        () => port?.postMessage("ready"),
        (error) => port?.postMessage(String(error)),
      ),
    );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // Sessions and everything else go to the network as they are.
  if (request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/v1/")) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(store);
      const found = await cache.match(request.mode === "navigate" ? "./" : request, { ignoreSearch: true });
      return found ?? fetch(request);
    })(),
  );
});
