/** Dispensing: what expires first is proposed; what is recalled or expired is stopped. */
import type { MovementInput, PackAnswer, PickLine } from "medlot";
import { useEffect, useState } from "preact/hooks";
import { device, Failure } from "../device/client.js";
import { movementOf, type Form } from "../device/parts.js";
import { AmountField, NONE, quantityOf, remember } from "../parts/amount.js";
import { ProductField, type Product } from "../parts/product.js";
import { Scan, type Pack } from "../parts/scan.js";
import { Dialog, Monitor, Select } from "../parts/ui.js";
import { attempt, say, useStore } from "../state.js";
import { amount, code, expiry, spoken, stage, t, told } from "../words/words.js";

const reasons = ["retail", "administered", "used_in_facility", "open_vial_wastage", "damaged", "expired", "missing", "return_to_supplier", "other"];

const movementOfPack = ({ product, lot, expiry }: Pack, vvm: number): MovementInput => ({ product, ...(lot && { lot }), ...(expiry && { expiry }), ...(vvm && { vvm }) });

export function Dispense() {
  const { version } = useStore();
  const [product, take] = useState<Product>();
  const [entered, count] = useState({ ...NONE, units: "1" });
  const [known, divide] = useState<Form>();
  const [reason, because] = useState("retail");
  const [lines, propose] = useState<PickLine[]>([]);
  const [missing, lack] = useState("");
  const [pack, scan] = useState<Pack & { answer: PackAnswer; vvm: number }>();
  const [stopped, stop] = useState<{ movement: MovementInput; why: string }>();
  const [done, finish] = useState("");

  const quantity = quantityOf(entered);
  // What is thrown away of opened vials stands in those that are open.
  const wasted = reason === "open_vial_wastage";
  useEffect(() => {
    let current = true;
    if (!product || !quantity) propose([]);
    else
      void attempt(async () => {
        const { lines, missing, lacks } = await device.pick(product.product, quantity, wasted);
        if (current) (propose(lines), lack(missing > 0 ? lacks : ""));
      });
    return () => void (current = false);
  }, [product?.product, quantity, wasted, version]);
  useEffect(() => {
    let current = true;
    if (!product) divide(undefined);
    else
      void device.lots(product.product).then((rows) => {
        if (current) divide(rows.flatMap(({ parts }) => parts)[0]);
      }, () => undefined);
    return () => void (current = false);
  }, [product?.product, version]);

  const onPack = (pack: Pack) =>
    attempt(async () => {
      if (!pack.product) return say("failed", t("scan.noProduct"));
      finish("");
      take({ product: pack.product, name: pack.name });
      // No code says what a vial's monitor shows: what the best of the lot is known to show, until somebody looks.
      const stages = (await device.lots(pack.product, pack.lot)).filter(({ vvm, onHand, parts }) => vvm > 0 && (onHand > 0 || parts.length > 0)).map(({ vvm }) => vvm);
      await check(pack, stages.length > 0 ? Math.min(...stages) : 0);
    });

  const check = async (pack: Pack, vvm: number): Promise<void> => {
    const answer = await device.check(movementOfPack(pack, vvm), spoken());
    scan({ ...pack, answer, vvm });
  };

  const record = async (movement: MovementInput, anyway = false): Promise<void> => {
    try {
      await device.record("out", movement, anyway, spoken());
    } catch (error) {
      // The library stopped it: a person says whether it happened all the same.
      if (!(error instanceof Failure) || error.said.code !== 4010) throw error;
      return stop({ movement, why: told(error.said) });
    }
    if (movement.product && movement.quantity) remember(movement.product, movement.quantity);
    finish(t("dispense.done", { quantity: amount(movement.quantity ?? ""), name: product?.name ?? movement.product ?? "", lot: movement.lot ?? "" }));
    scan(undefined);
  };
  const all = () =>
    attempt(async () => {
      for (const pick of lines) await record(movementOf(pick, reason));
    });
  const first = pack?.answer.propose[0];
  const sooner = pack && first && first.lot !== pack.lot ? first : undefined;
  return (
    <section aria-labelledby="dispense-title">
      <h2 id="dispense-title">{t("dispense.title")}</h2>
      <Scan onPack={(pack) => void onPack(pack)} />
      <div class="row-of-fields">
        <ProductField label={t("product")} value={product} onChange={(product) => (take(product), scan(undefined), finish(""))} />
        <AmountField value={entered} product={product?.product} known={known} onChange={count} />
        <Select label={t("dispense.reason")} value={reason} onChange={because} options={reasons.map((reason) => [reason, code("reason", reason)] as const)} />
      </div>
      {!quantity && <p class="notice failed">{t("quantity.whole")}</p>}
      {pack && (
        <section class={pack.answer.usable ? "verdict good" : "verdict bad"} role="alert">
          <h3>{pack.answer.usable ? t("dispense.fine") : t("dispense.stop")}</h3>
          <p>
            {pack.name} · {t("lot.lot", { lot: pack.lot })} · {expiry(pack.answer.lastUsable ?? pack.expiry)}
          </p>
          {pack.answer.stops.map((stop) => (
            <p key={stop.name}>{stop.message}</p>
          ))}
          {pack.vvm > 0 && <Monitor label={t("vvm.now")} value={pack.vvm} none={false} onChange={(stage) => void attempt(() => check(pack, stage))} />}
          {sooner && <p>{t(sooner.vvm === 2 ? "dispense.monitor" : "dispense.sooner", { lot: sooner.lot ?? "", expiry: expiry(sooner.expiry, sooner.expiryWholeMonth) })}</p>}
          <button
            type="button"
            class={pack.answer.usable ? "first" : ""}
            disabled={!quantity}
            onClick={() => quantity && void attempt(() => record({ ...movementOfPack(pack, pack.vvm), lot: pack.lot || "none", quantity, reason }))}
          >
            {t("dispense.pack", { quantity: amount(quantity ?? "") })}
          </button>
        </section>
      )}
      {product && (
        <section aria-labelledby="pick-title">
          <h3 id="pick-title">{t("pick.title")}</h3>
          <ol class="pick">
            {lines.map((line) => (
              <li key={`${line.lot} ${line.store} ${line.vvm}`}>
                <strong>{amount(line.take)}</strong> {t("lot.lot", { lot: line.lot ?? t("lot.none") })} · {expiry(line.expiry, line.expiryWholeMonth)} {line.store && `· ${line.store}`} {line.vvm && `· ${stage(line.vvm)}`}
              </li>
            ))}
          </ol>
          {missing && <p class="notice failed">{t("pick.missing", { count: amount(missing) })}</p>}
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
