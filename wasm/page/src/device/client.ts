/** The page's side of the worker. */
import type { Said } from "medlot";
import type { Asked, Event, Reply } from "./protocol.js";
import type { Api } from "./worker.js";

type Promised<T> = { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never };

/** What the library said of a failure, in both languages. */
export class Failure extends Error {
  constructor(readonly said: Said) {
    super(said.message);
  }
}

const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>();
const listeners = new Set<(event: Event) => void>();
let next = 0;
let started: Worker | undefined;

/** The worker, from the first call on: a first visit is shown without it. */
function worker(): Worker {
  if (started) return started;
  const made = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  made.onmessage = ({ data }: MessageEvent<Reply | Event>) => {
    if ("event" in data) {
      for (const listener of [...listeners]) listener(data);
      return;
    }
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ("error" in data) asked?.reject(new Failure(data.error));
    else if ("message" in data) asked?.reject(new Error(data.message));
    else asked?.resolve(data.value as never);
  };
  made.onerror = ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  started = made;
  return made;
}

/** The device in its worker: each call a promise. */
export const device = new Proxy({} as Promised<Api>, {
  get: (_, name) =>
    typeof name !== "string" || name === "then"
      ? undefined
      : (...args: unknown[]) =>
          new Promise((resolve, reject) => {
            const id = next++;
            waiting.set(id, { resolve, reject });
            worker().postMessage({ id, name, args } satisfies Asked);
          }),
});

/** Is told what the worker says by itself, until the answer is called. */
export function listen(listener: (event: Event) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
