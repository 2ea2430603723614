/** A synchronisation over `POST /v1/sync`: body and answer are a session's frames, one behind the other. */
import type { Instant, SyncAnswer, SyncInput, SyncProgress } from "./api.js";
import { failure, MedlotError } from "./error.js";
import type { OpenDevice } from "./open.js";

/** How a device synchronises. */
export interface SyncOptions extends Omit<SyncInput, "clockUnset"> {
  /** Ends it: what came until then stays, and the next one goes on. */
  signal?: AbortSignal;
  /** Is told after each request how far it is. */
  progress?: (progress: SyncProgress) => void;
  /** Now; by the clock of this machine where absent. */
  now?: Instant;
}

/** Requests of a session at most: each moves about a megabyte. */
const MOST_REQUESTS = 10_000;
/** How long an answer is waited for, and a turn where another device has it, in milliseconds. */
const PATIENCE = 30_000;

const cut = (url: string, why: string, cause?: unknown): MedlotError =>
  failure("unknown_here", `${url}: ${why}: what came is kept; synchronise again`, { cause });

interface Came {
  session: string | undefined;
  bytes: Uint8Array;
}

async function post(url: string, session: string | undefined, body: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Came> {
  const headers = { "content-type": "application/vnd.medlot.sync", ...(session && { "medlot-session": session }) };
  const until = Date.now() + PATIENCE;
  for (;;) {
    const ends = new AbortController();
    const end = (): void => ends.abort();
    const late = setTimeout(end, PATIENCE);
    signal?.addEventListener("abort", end);
    try {
      const answer = await fetch(url, { method: "POST", headers, body, signal: ends.signal, cache: "no-store" });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (answer.ok) return { session: answer.headers.get("medlot-session") ?? session, bytes };
      // Another device has its turn.
      if (answer.status !== 503 || session || Date.now() > until) {
        throw cut(url, `answered ${answer.status}: ${new TextDecoder().decode(bytes).slice(0, 500).trim()}`);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof MedlotError ? error : cut(url, String(error), error);
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", end);
    }
    await new Promise((wait) => setTimeout(wait, 1000));
    signal?.throwIfAborted();
  }
}

/** Everything that is to be sent until the other side is awaited, made durable before it goes. */
async function outgoing(open: OpenDevice): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = await open.write((device) => device.syncSend());
    if (part.length === 0) break;
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts.map((part) => Uint8Array.from(part))).arrayBuffer());
}

async function exchange(open: OpenDevice, url: string, { signal, progress }: SyncOptions): Promise<void> {
  let session: string | undefined;
  let [came, silent] = [0, 0];
  let body = await outgoing(open);
  for (let request = 1; request <= MOST_REQUESTS; request++) {
    signal?.throwIfAborted();
    const answer = await post(url, session, body, signal);
    const { bytes } = answer;
    session = answer.session;
    came += bytes.length;
    await open.write((device) => device.syncReceive(bytes));
    const sent = body.length;
    body = await outgoing(open);
    progress?.(open.device.syncProgress());
    if (open.device.syncIsDone() && body.length === 0) return;
    silent = sent + bytes.length + body.length === 0 ? silent + 1 : 0;
    if (silent > 2) throw cut(url, `the session was cut off after ${came} bytes`);
  }
}

/** Synchronises with a server; see `OpenDevice.synchronise`. */
export async function synchronise(open: OpenDevice, url: string, options: SyncOptions): Promise<SyncAnswer> {
  const { carry = [], give = [], now } = options;
  options.signal?.throwIfAborted();
  await open.write((device) => device.syncBegin({ carry, give }, now ?? new Date()));
  let failed: { error: unknown } | undefined;
  try {
    await exchange(open, url, options);
  } catch (error) {
    failed = { error };
  }
  // Done or cut: what came is taken, and what was seen is noted.
  const answer = await open.write((device) => device.syncFinish(now ?? new Date()));
  if (failed) throw failed.error;
  return answer;
}
