// Compiled, not run: what the declarations allow, and what they refuse.
import {
  Device,
  IdbStore,
  init,
  MedlotError,
  MedlotWorker,
  open,
  scan,
  Verifier,
  WebCryptoSigner,
  type ReadItem,
  type Scanned,
  type StockPage,
  type Verdict,
  type Written,
} from "medlot";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function is<_ extends true>(): void {}

export async function uses(anchor: Uint8Array, object: ArrayBuffer): Promise<string> {
  await init();
  const scanned: Scanned = scan("10LOT1", undefined, "2026-11-23");
  switch (scanned.outcome) {
    case "read":
      is<Same<typeof scanned.item, ReadItem>>();
      is<Same<typeof scanned.item.lot, string | undefined>>();
      break;
    case "confirm":
      is<Same<typeof scanned.candidates, ReadItem[]>>();
      break;
    case "foreign":
      is<Same<typeof scanned.system, string>>();
      break;
    default:
      is<Same<typeof scanned.outcome, "refused">>();
      is<Same<typeof scanned.code, number>>();
  }
  const verifier = new Verifier(anchor);
  const verdict: Verdict = verifier.verify(object, new Date(), "VNF");
  is<Same<typeof verdict.verdict, "valid" | "invalid" | "unknown">>();
  verifier.verify(object, 1_800_000_000);
  verifier.verify(object, null, null);
  verifier.free();

  const worker = await MedlotWorker.start();
  const remote = await worker.make("Verifier", anchor);
  is<Same<Awaited<ReturnType<typeof remote.verify>>, Verdict>>();
  is<Same<Awaited<ReturnType<typeof remote.keep>>, number>>();
  const far = await worker.call("scan", "10LOT1", null, "2026-11-23");
  is<Same<typeof far, Scanned>>();

  const counter = await worker.open("device", { signer: { name: "key", suite: "p256" }, join: { invitation: anchor }, wait: true });
  is<Same<Awaited<ReturnType<typeof counter.stock>>, StockPage>>();
  const answered = await counter.with({ signal: AbortSignal.timeout(1000) }).record("in", { lot: "A1" }, false, "vi", new Date());
  is<Same<typeof answered, Written>>();
  is<Same<Awaited<ReturnType<typeof counter.seal>>, number>>();
  await counter.synchronise("/v1/sync", { progress: ({ sent }) => sent.pieces });
  await counter.close();
  // @ts-expect-error the worker keeps what is written by itself
  await counter.confirm();
  // @ts-expect-error a key is named
  await worker.open("device", { signer: { publicKey: () => anchor } });

  const store = await IdbStore.open("device", { wait: true, signal: AbortSignal.timeout(1000) });
  await store.apply([{ kind: "append", name: "log", bytes: anchor, at: 0 }, { kind: "remove", name: "old" }]);
  await store.close();
  const signer = await WebCryptoSigner.open("device", { suite: "ed25519" });
  const signature: Uint8Array = await signer.sign(anchor);

  const device = await open("device", { signer, join: { invitation: anchor, facility: "01C55" } });
  const written = await device.write((device) => device.record("in", { lot: "A1" }, false, "vi", new Date()));
  is<Same<typeof written.first, number>>();
  is<Same<Awaited<ReturnType<typeof device.seal>>, number>>();
  // @ts-expect-error there is no such direction
  device.device.record("sideways", {}, false, "vi", 0);
  // @ts-expect-error there is no such field
  device.device.record("in", { colour: "red" }, false, "vi", 0);
  // @ts-expect-error devices are opened or begun
  new Device();
  // @ts-expect-error a day is a text
  scan("10LOT1", undefined, new Date());
  // @ts-expect-error the day is needed
  scan("10LOT1");
  // @ts-expect-error an anchor is bytes
  new Verifier("4d4c");
  // @ts-expect-error numbers are no bytes
  new Verifier([1, 2, 3]);
  // @ts-expect-error an instant is no text
  verifier.verify(object, "now");
  // @ts-expect-error there is no such outcome
  if (scanned.outcome === "maybe") return "";
  // @ts-expect-error there is no such class
  await worker.make("Nothing", anchor);
  // @ts-expect-error a class is made, not called
  await worker.call("Verifier", anchor);
  // @ts-expect-error there is no such suite
  await WebCryptoSigner.open("device", { suite: "rsa" });
  // @ts-expect-error stores are opened
  new IdbStore();
  return `${signature.length}`;
}

export function said(error: unknown): string {
  if (!(error instanceof MedlotError)) return "";
  is<Same<typeof error.kind, "invalid" | "unknown" | "usage" | "refused">>();
  is<Same<typeof error.field, string | undefined>>();
  // @ts-expect-error what an error says stays
  error.code = 1;
  return `${error.code} ${error.codeName}: ${error.message} (${error.vietnamese})`;
}
