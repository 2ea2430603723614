// What the committed vectors state, held against what the module says: for Node.js, and for a page, which loads this as
// it stands. Each gives what is wrong with a vector, or nothing.
import { log, sync } from "./lines.js";
import { bytes, BEGINNING, differs, digits, outcome, text } from "./said.js";

const camel = (key) => key.replace(/_[a-z]/g, ([, letter]) => letter.toUpperCase());

/** The JSON of a record with the keys that JavaScript has. */
function named(value) {
  if (Array.isArray(value)) return value.map(named);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [camel(key), key === "product" ? product(one) : named(one)]));
}

const product = (of) => ({ scheme: Object.keys(of)[0], value: Object.values(of)[0] });

function bundles({ Verifier }, { root, held, object, verdict, records, error }) {
  const verifier = new Verifier(bytes(root));
  for (const other of held) verifier.keep(bytes(other));
  const said = verifier.verify(bytes(object));
  verifier.free();
  const seen = said.records.map(({ log, index, id, counts, why }) => ({ log, index, id, counts, why: why?.code }));
  return differs("verdict", said.verdict, verdict) ??
    (error === undefined ? undefined : differs("error", said.reasons[0]?.code, error)) ??
    differs("records", seen, records);
}

function records({ readRecord }, { index, bytes: hex, valid, code, says }) {
  const { got, failure } = outcome(() => readRecord(bytes(hex), index));
  if (failure) return differs("code", [failure.kind, failure.code], ["invalid", code]);
  if (!valid) return `taken, not refused with ${code}`;
  if (!says) return undefined;
  // What an attestation is about has a name of its own.
  const { sent, unsealed, refused, documents, attests, ...rest } = got;
  // Of what has no third answer, no is left out.
  const said = { ...rest, sent: sent || undefined, unsealed: unsealed || undefined, refused: refused || undefined, documents: documents.length > 0 ? documents : undefined, record: attests };
  const wanted = Object.entries(named(says)).filter(([key]) => key in said);
  return differs("says", said, { ...Object.fromEntries(wanted), log: "", index });
}

function segments({ verifySegment }, { suite, key, parent, facility, body, ...states }) {
  const log = { parent, suite: suite === 1 ? "p256" : "ed25519", key: bytes(key), facility };
  const { got, failure } = outcome(() => verifySegment(log, bytes(body)));
  // The vectors state the number's name as the core has it: `BadSeal` is `segment_bad_seal`.
  const name = `segment${(states.error ?? "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  if (failure) return differs("error", [failure.kind, failure.codeName], ["invalid", name]);
  const whole = ["valid", got.log, got.index, got.head];
  return differs("segment", whole, [states.verdict, states.log, states.index, states.head]) ??
    (states.records.length > 0 ? differs("records", got.records.map((record) => digits(record.bytes)), states.records) : undefined);
}

// Of a facility of whose log only pieces are here a verifier doesn't say that it gave what it hadn't; the ledger alone does.
const NEGATIVE_STOCK = 5002;
const PIECES = 3020;

const place = (...of) => of.map((part) => part ?? "").join("|");
/** Millionths of units by place, those that are opened too, and whole units that are held; where something stands. */
const shelves = (all) => {
  const rounded = [...all].map(([at, [units, hold]]) => [at, [Math.round(units * 1e6), hold]]);
  return Object.fromEntries(rounded.filter(([, [units, hold]]) => units !== 0 || hold !== 0));
};

function ledger({ Verifier }, { root, objects, asked, lots, findings }) {
  const verifier = new Verifier(bytes(root));
  for (const object of objects) verifier.keep(bytes(object));
  const now = BEGINNING + (asked.now ?? 217_659_600);
  const stated = new Map();
  for (const { facility, product, lot, stock } of lots) {
    for (const { store, fund, vvm, hold, units, parts = [] } of stock) {
      const at = place(facility, product, lot, store, fund, vvm);
      const [all, held] = stated.get(at) ?? [0, 0];
      const opened = parts.reduce((sum, [left, per]) => sum + left / per, 0);
      stated.set(at, [all + units + opened, held + (hold ? units : 0)]);
    }
  }
  const said = new Map();
  const inPieces = new Set();
  for (const facility of new Set(lots.map((lot) => lot.facility))) {
    const { rows, incomplete } = verifier.stock({ facility }, 0, 10_000, "en", now);
    if (incomplete.some(({ code }) => code === PIECES)) inPieces.add(facility);
    for (const { product, lot, store, fund, vvm, onHand, hold, parts } of rows) {
      const opened = parts.reduce((sum, { count, perUnit }) => sum + count / perUnit, 0);
      said.set(place(facility, `${product.scheme}:${product.value}`, lot, store, fund, vvm), [onHand + opened, hold]);
    }
  }
  const problem = differs("stock", shelves(said), shelves(stated));
  // A verifier always knows the time; numbers of another thousand are trust's.
  const isOurs = ({ code }) => code > 5000 && code < 6000;
  const { facility, answer_days: answerDays, controlled } = asked;
  const of = { facility, all: !facility, answerDays, controlled };
  const found = problem || asked.now === null ? [] : verifier.findings(of, 0, 10_000, "en", now).rows;
  verifier.free();
  if (problem || asked.now === null) return problem;
  const got = found.filter(isOurs).map(({ code, facility, product, lot }) =>
    place(code, facility, product && `${product.scheme}:${product.value}`, lot));
  const isSaid = ({ code, facility }) => code !== NEGATIVE_STOCK || !inPieces.has(facility);
  const wanted = findings.filter(isSaid).map(({ code, facility, product, lot }) => place(code, facility, product, lot));
  return differs("findings", got.sort(), wanted.sort());
}

const FIELDS = ["gtin", "lot", "expiry", "serial"];
const FOREIGN = /HIBC|PPN|PZN|ISO 15434|Chinese|registration number/;
const DAMAGED = /garbage|zero-width|leading 0|swapped case/;

/** Whether a reading has every field that is wanted, and with `whole` no other. */
const agrees = (got, want, whole) =>
  FIELDS.every((field) => got[field] === want[field] || (!whole && want[field] === undefined)) &&
  Object.entries(want.other ?? {}).every(([ai, value]) => got.elements.some((element) => element.ai === ai && element.value === value));

function good(got, { expect, recovery_only: recovery, strict_expect: strict }) {
  const error = expect.error ?? "";
  const { outcome, candidates = [] } = got;
  if (recovery || strict) return outcome === "refused" || candidates.some((candidate) => agrees(candidate, expect, true));
  if (expect.candidates) {
    return outcome === "confirm" && expect.candidates.every((want) => candidates.some((candidate) => agrees(candidate, want, false)));
  }
  if (FOREIGN.test(error)) return outcome === "foreign";
  if (error) return outcome === "refused" || (outcome === "confirm" && DAMAGED.test(error));
  return outcome === "read" && agrees(got.item, expect, true);
}

function scans({ scan }, row) {
  const got = scan(row.raw, undefined, "2026-11-23");
  return good(got, row) ? undefined : text(got);
}

const groups = { bundles, records, segments, ledger, log, sync, scans };

/** What is wrong with vectors of a group: an entry for each with which the module doesn't agree. */
export async function wrong(medlot, group, vectors) {
  const found = [];
  for (const vector of vectors) {
    const problem = await groups[group](medlot, vector, vectors);
    if (problem !== undefined) found.push(`${vector.name ?? text(vector)}: ${problem}`);
  }
  return found;
}
