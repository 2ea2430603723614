// A worker that keeps a file.
import { IdbStore } from "/dist/index.js";

const store = await IdbStore.open("worker");
await store.apply([{ kind: "write", name: "log", bytes: Uint8Array.of(1, 2) }]);
postMessage("kept");
