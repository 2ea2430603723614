/** Dispensing: what expires first is proposed; what is recalled or expired is stopped. */
import type { MovementInput, PackAnswer, PickLine } from "medlot";
import { useEffect, useState } from "preact/hooks";
import { device, Failure } from "../device/client.js";
import { ProductField, type Product } from "../parts/product.js";
import { Scan, type Pack } from "../parts/scan.js";
import { Dialog, Select, Text } from "../parts/ui.js";
import { attempt, say, useStore } from "../state.js";
import { code, expiry, spoken, t } from "../words/words.js";

const reasons = ["retail", "administered", "used_in_facility", "damaged", "expired", "missing", "destroy", "return_to_supplier", "other"];

export function Dispense() {
  const { version } = useStore();
  const [product, take] = useState<Product>();
  const [quantity, count] = useState("1");
  const [reason, because] = useState("retail");
  const [lines, propose] = useState<PickLine[]>([]);
  const [missing, lack] = useState(0);
  const [pack, scan] = useState<Pack & { answer: PackAnswer }>();
  const [stopped, stop] = useState<{ movement: MovementInput; why: string }>();
  const [done, finish] = useState("");

  const whole = /^[1-9]\d{0,8}$/.test(quantity);
  useEffect(() => {
    let current = true;
    if (!product || !whole) propose([]);
    else
      void attempt(async () => {
        const { lines, missing } = await device.pick(product.product, quantity);
        if (current) (propose(lines), lack(missing));
      });
    return () => void (current = false);
  }, [product?.product, quantity, version]);

  const onPack = (pack: Pack) =>
    attempt(async () => {
      if (!pack.product) return say("failed", t("scan.noProduct"));
      const answer = await device.check({ product: pack.product, ...(pack.lot && { lot: pack.lot }), ...(pack.expiry && { expiry: pack.expiry }) }, spoken());
      finish("");
      take({ product: pack.product, name: pack.name });
      scan({ ...pack, answer });
    });

  const record = async (movement: MovementInput, anyway = false): Promise<void> => {
    try {
      await device.record("out", movement, anyway, spoken());
    } catch (error) {
      // The library stopped it: a person says whether it happened all the same.
      if (!(error instanceof Failure) || error.said.code !== 4010) throw error;
      return stop({ movement, why: spoken() === "vi" ? error.said.vietnamese : error.said.message });
    }
    finish(t("dispense.done", { quantity: movement.quantity ?? "", name: product?.name ?? movement.product ?? "", lot: movement.lot ?? "" }));
    scan(undefined);
  };
  const line = (pick: PickLine): MovementInput => ({
    ...(pick.product && { product: `${pick.product.scheme}:${pick.product.value}` }),
    lot: pick.lot ?? "none",
    ...(pick.expiry && { expiry: pick.expiry }),
    ...(pick.store && { store: pick.store }),
    ...(pick.fund && { fund: pick.fund }),
    ...(pick.vvm && { vvm: pick.vvm }),
    quantity: String(pick.quantity),
    reason,
  });
  const all = () =>
    attempt(async () => {
      for (const pick of lines) await record(line(pick));
    });
  const first = pack?.answer.propose[0];
  const sooner = pack && first && first.lot !== pack.lot ? first : undefined;
  return (
    <section aria-labelledby="dispense-title">
      <h2 id="dispense-title">{t("dispense.title")}</h2>
      <Scan onPack={(pack) => void onPack(pack)} />
      <div class="row-of-fields">
        <ProductField label={t("product")} value={product} onChange={(product) => (take(product), scan(undefined), finish(""))} />
        <Text label={t("quantity")} inputMode="numeric" value={quantity} onInput={count} />
        <Select label={t("dispense.reason")} value={reason} onChange={because} options={reasons.map((reason) => [reason, code("reason", reason)] as const)} />
      </div>
      {!whole && <p class="notice failed">{t("quantity.whole")}</p>}
      {pack && (
        <section class={pack.answer.usable ? "verdict good" : "verdict bad"} role="alert">
          <h3>{pack.answer.usable ? t("dispense.fine") : t("dispense.stop")}</h3>
          <p>
            {pack.name} · {t("lot.lot", { lot: pack.lot })} · {expiry(pack.answer.lastUsable ?? pack.expiry)}
          </p>
          {pack.answer.stops.map((stop) => (
            <p key={stop.name}>{stop.message}</p>
          ))}
          {sooner && <p>{t("dispense.sooner", { lot: sooner.lot ?? "", expiry: expiry(sooner.expiry) })}</p>}
          <button type="button" class={pack.answer.usable ? "first" : ""} disabled={!whole} onClick={() => void attempt(() => record({ product: pack.product, lot: pack.lot || "none", ...(pack.expiry && { expiry: pack.expiry }), quantity, reason }))}>
            {t("dispense.pack", { quantity })}
          </button>
        </section>
      )}
      {product && (
        <section aria-labelledby="pick-title">
          <h3 id="pick-title">{t("pick.title")}</h3>
          <ol class="pick">
            {lines.map((line) => (
              <li key={`${line.lot} ${line.store}`}>
                <strong>{line.quantity}</strong> {t("lot.lot", { lot: line.lot ?? t("lot.none") })} · {expiry(line.expiry)} {line.store && `· ${line.store}`}
              </li>
            ))}
          </ol>
          {missing > 0 && <p class="notice failed">{t("pick.missing", { count: missing })}</p>}
          {lines.length > 0 && (
            <button type="button" class="first" onClick={() => void all()}>
              {t("dispense.go")}
            </button>
          )}
        </section>
      )}
      <p role="status" class={done ? "notice done" : ""}>
        {done}
      </p>
      {stopped && (
        <Dialog title={t("dispense.stop")} onClose={() => stop(undefined)}>
          <p>{stopped.why}</p>
          <p>{t("dispense.anyway")}</p>
          <div class="buttons">
            <button type="button" class="first" onClick={() => stop(undefined)}>
              {t("dispense.dont")}
            </button>
            <button type="button" class="danger" onClick={() => void attempt(() => record(stopped.movement, true)).then(() => stop(undefined))}>
              {t("dispense.did")}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
