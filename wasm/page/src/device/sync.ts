/** A session over `POST /v1/sync`: body and answer are its frames, one behind the other. */
import type { OpenDevice, SyncAnswer } from "medlot";
import type { Step } from "./protocol.js";

/** Requests of a session at most: each moves about a megabyte. */
const MOST_REQUESTS = 10_000;
const PATIENCE = 30_000;

class Unreached extends Error {}

async function asked(url: string, session: string | undefined, body: Uint8Array<ArrayBuffer>): Promise<Response> {
  const headers = { "content-type": "application/octet-stream", ...(session && { "medlot-session": session }) };
  const until = Date.now() + PATIENCE;
  for (;;) {
    const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
    if (answer.ok) return answer;
    const text = (await answer.text()).slice(0, 500).trim();
    // Another device has its turn.
    if (answer.status !== 503 || session || Date.now() > until) throw new Unreached(`${url}: ${answer.status}: ${text}`);
    await new Promise((wait) => setTimeout(wait, 1000));
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

export async function synchronised(
  open: OpenDevice,
  url: string,
  now: () => Date,
  progress: (step: Step, part: number) => void,
): Promise<SyncAnswer> {
  await open.write((device) => device.syncBegin({}, now()));
  let failure: unknown;
  try {
    let session: string | undefined;
    let [came, silent] = [0, 0];
    let body = await outgoing(open);
    for (let request = 1; request <= MOST_REQUESTS; request++) {
      progress("send", 1 - 1 / (request + 1));
      const answer = await asked(url, session, body);
      session = answer.headers.get("medlot-session") ?? session;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      came += bytes.length;
      progress("receive", 1 - 1 / (request + 1.5));
      await open.write((device) => device.syncReceive(bytes));
      const sent = body.length;
      body = await outgoing(open);
      if (open.device.syncIsDone() && body.length === 0) break;
      silent = sent + bytes.length + body.length === 0 ? silent + 1 : 0;
      if (silent > 2) throw new Unreached(`${url}: the session was cut off after ${came} bytes`);
    }
  } catch (error) {
    failure = error;
  }
  const answer = await open.write((device) => device.syncFinish(now()));
  if (failure) throw failure;
  progress("receive", 1);
  return answer;
}
