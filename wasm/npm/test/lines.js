// What the committed vectors state of logs' files and of synchronisations: for Node.js, and for a page.
import { BEGINNING, bytes, differs, digits, outcome } from "./said.js";

const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

function image(vectors, { image: hex, of, splice }) {
  if (hex !== undefined) return bytes(hex);
  const whole = bytes(vectors.find(({ name }) => name === of).image);
  const [at, remove, put] = splice;
  return joined(whole.subarray(0, at), bytes(put), whole.subarray(at + remove));
}

export function log({ readLog }, vector, vectors) {
  const { got, failure } = outcome(() => readLog(image(vectors, vector), 0, 10_000));
  if (failure) return differs("error", [failure.kind, failure.code], ["invalid", vector.error]);
  const { name: _, of: __, image: ___, splice: ____, ...states } = vector;
  const { log, count, head, seals, unsealed, mark, end, dropped, records } = got;
  return differs("log", { log, records: count, head, seals, unsealed, mark, end, dropped }, states) ??
    differs("shown", records.map(({ index }) => index), Array.from({ length: count }, (_, at) => at));
}

/** CRC-32/ISO-HDLC. */
function crc(message) {
  let sum = 0xffff_ffff;
  for (const byte of message) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb8_8320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

/** A message on a line (`spec/sync.md` section 2). */
function framed(message) {
  const sum = crc(message);
  const out = [0];
  let run = [];
  const end = () => {
    out.push(run.length + 1, ...run);
    run = [];
  };
  for (const byte of joined(message, [sum & 255, (sum >>> 8) & 255, (sum >>> 16) & 255, sum >>> 24])) {
    if (run.length === 254) end();
    if (byte === 0) end();
    else run.push(byte);
  }
  end();
  return Uint8Array.from([...out, 0]);
}

function session({ SyncSession }, { root, log, facilities, message, piece, window, clock, whole, objects, aside, unsealed }) {
  const says = { facilities, log: log ?? undefined, message, piece, window };
  const of = new SyncSession(bytes(root), clock === null ? says : { ...says, clock: BigInt(BEGINNING + clock) });
  for (const { parent, suite, key, facility, count } of whole) {
    of.holdWhole({ parent, suite: suite === 1 ? "p256" : "ed25519", key: bytes(key), facility }, count);
  }
  for (const one of objects) of.hold(bytes(one));
  for (const one of aside) of.holdAside(bytes(one));
  if (unsealed) of.holdBack(bytes(unsealed));
  return of;
}

const isBundle = (one) => one[3] === 4;

/** Every record held: its log, index and identity, in order. */
function held({ Verifier }, root, objects) {
  const verifier = new Verifier(root);
  for (const one of objects) verifier.keep(one);
  const bundles = objects.filter(isBundle);
  const asked = [root];
  // Each holds one element: several in one bundle are verified at once.
  for (let at = 0; at < bundles.length; at += 16) {
    const some = bundles.slice(at, at + 16);
    asked.push(joined(some[0].subarray(0, 4), ...some.map((one) => one.subarray(4))));
  }
  const all = new Map();
  for (const one of asked) {
    for (const { log, index, id } of verifier.verify(one).records) {
      all.set(`${log}${index.toString(16).padStart(8, "0")}${id}`, log);
    }
  }
  verifier.free();
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Replays a session for one side: it sends what is recorded, and comes to the same. */
async function side(medlot, vector, name) {
  const party = vector[name];
  const own = vector.turns.filter(({ by }) => by === name).map(({ line }) => line);
  const objects = party.objects.map(bytes);
  const of = session(medlot, party);
  let left = vector.cut ? own.join("").length / 2 : Infinity;
  const turn = (came) => {
    of.receive(came);
    objects.push(...of.came().filter(({ aside }) => !aside).map(({ object }) => object));
    const out = of.send().subarray(0, left);
    left -= out.length;
    return digits(out);
  };
  const sent = [];
  let came = new Uint8Array();
  for (const { by, line } of vector.turns) {
    if (by === name) {
      sent.push(turn(came));
      came = new Uint8Array();
    } else came = bytes(line);
  }
  const rest = turn(came);
  if (rest) sent.push(rest);
  const { standing, acknowledged, clockAhead, observes, aside } = of.outcome();
  const done = of.isDone();
  of.free();
  if (sent.join() !== own.join()) return `${name} sends something else`;
  const records = held(medlot, bytes(party.root), objects);
  const counts = {};
  for (const [, log] of records) counts[log] = (counts[log] ?? 0) + 1;
  const all = await crypto.subtle.digest("SHA-256", bytes(records.map(([record]) => record).join("")));
  return differs(name, {
    done, held: counts, records: digits(new Uint8Array(all)),
    objects: objects.filter((one) => !isBundle(one)).map(digits).sort(),
    aside: aside.map(({ why }) => why.code), standing, acknowledged, observes,
    clock_ahead: clockAhead === undefined ? undefined : Number(clockAhead),
  }, vector.outcome[name]);
}

const line = ({ readSyncLine }, hex, says) => differs("says", readSyncLine(bytes(hex)).map((one) => JSON.parse(one)), says);

function message(medlot, { to, before, message: last, verdict }) {
  const of = session(medlot, to);
  for (const one of before) of.receive(framed(bytes(one)));
  const { failure } = outcome(() => of.receive(framed(bytes(last))));
  of.free();
  return differs("verdict", failure?.code ?? 0, verdict);
}

export async function sync(medlot, vector) {
  if (vector.line !== undefined) return line(medlot, vector.line, vector.says);
  if (vector.message !== undefined) return message(medlot, vector);
  for (const turn of vector.turns) {
    const problem = line(medlot, turn.line, turn.messages);
    if (problem !== undefined) return problem;
  }
  for (const name of vector.replays) {
    const problem = await side(medlot, vector, name);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
