/** Goods in: against a hand-over line by line, or by hand. */
import type { RecordView, Reason, ReceiveInput } from "medlot";
import { useState } from "preact/hooks";
import { device } from "../device/client.js";
import { Take } from "../parts/take.js";
import { FileButton, Monitor, Select, Text } from "../parts/ui.js";
import { Entry, type Entered } from "../parts/entry.js";
import { attempt, say } from "../state.js";
import { amountOf, code, expiry, spoken, stage, t, told } from "../words/words.js";

interface Delivery {
  bundle: Uint8Array;
  verdict: string;
  reasons: Reason[];
  lines: (RecordView & { name: string })[];
}

const refusals = ["damaged", "expired_or_too_near", "wrong_product", "wrong_quantity", "cold_chain", "recalled", "documents", "other"];

function Against({ delivery, onDone }: { delivery: Delivery; onDone: () => void }) {
  const [got, set] = useState<Record<number, string>>({});
  const [refused, refuse] = useState<Record<number, string>>({});
  const [why, because] = useState<Record<number, string>>({});
  const [seen, see] = useState<Record<number, number>>({});
  const [anyway, trust] = useState(false);
  const receive = () =>
    attempt(async () => {
      const found: ReceiveInput = {
        got: Object.entries(got).flatMap(([line, quantity]) => (quantity === "" ? [] : [{ line: Number(line) + 1, quantity }])),
        refused: Object.entries(refused).flatMap(([line, quantity]) =>
          quantity === "" || quantity === "0" ? [] : [{ line: Number(line) + 1, quantity, reason: why[Number(line)] ?? "damaged" }],
        ),
        vvm: Object.entries(seen).map(([line, vvm]) => ({ line: Number(line) + 1, vvm })),
        ...(anyway && { despiteWarnings: true }),
      };
      const done = await device.receive(delivery.bundle, found);
      say("done", t("receive.done", { count: done.records.filter(({ kind }) => kind === "movement").length }));
      onDone();
    });
  const bad = delivery.verdict === "invalid";
  return (
    <section aria-labelledby="delivery">
      <h3 id="delivery">{t("receive.from", { from: delivery.lines[0]?.facility ?? "", documents: (delivery.lines[0]?.documents ?? []).map(({ number }) => number).join(", ") })}</h3>
      <p class={`verdict ${delivery.verdict === "valid" ? "good" : "bad"}`} role="alert">
        {t(bad ? "verdict.invalid" : delivery.verdict === "valid" ? "verdict.valid" : "verdict.unknown")}
        {delivery.reasons.map((reason) => (
          <span key={reason.code}>
            {" "}
            {told(reason)} ({reason.code})
          </span>
        ))}
      </p>
      <ol class="lines">
        {delivery.lines.map((line, index) => (
          <li key={index}>
            <p>
              <strong>{line.name}</strong> · {t("lot.lot", { lot: line.lot ?? t("lot.none") })} · {expiry(line.expiry, line.expiryWholeMonth)} {stage(line.vvm)} · {t("receive.sent", { quantity: amountOf(line) })}
            </p>
            <div class="row-of-fields">
              <Text label={t("receive.got", { line: index + 1 })} inputMode="numeric" value={got[index] ?? ""} placeholder={amountOf(line)} onInput={(value) => set({ ...got, [index]: value })} />
              <Text label={t("receive.refused", { line: index + 1 })} inputMode="numeric" value={refused[index] ?? ""} placeholder="0" onInput={(value) => refuse({ ...refused, [index]: value })} />
              {line.vvm && <Monitor label={t("receive.vvm", { line: index + 1 })} value={seen[index] ?? line.vvm} none={false} onChange={(stage) => see({ ...seen, [index]: stage })} />}
              {refused[index] && refused[index] !== "0" && (
                <Select label={t("receive.why")} value={why[index] ?? "damaged"} onChange={(value) => because({ ...why, [index]: value })} options={refusals.map((name) => [name, code("refuse", name)] as const)} />
              )}
            </div>
          </li>
        ))}
      </ol>
      {delivery.verdict !== "invalid" && (
        <label class="check">
          <input type="checkbox" checked={anyway} onChange={(event) => trust(event.currentTarget.checked)} /> {t("receive.anyway")}
        </label>
      )}
      <div class="buttons">
        <button type="button" class="first" disabled={bad} onClick={() => void receive()}>
          {t("receive.go")}
        </button>
        <button type="button" onClick={onDone}>
          {t("cancel")}
        </button>
      </div>
    </section>
  );
}

function ByHand() {
  const [lines, enter] = useState<Entered[]>([]);
  const [reason, because] = useState("supplier");
  const [document, name] = useState("");
  const save = () =>
    attempt(async () => {
      const movements = lines.map(({ product, lot, expiry, quantity, amount, vvm }) => ({
        product,
        lot: lot || "none",
        ...(expiry && { expiry }),
        quantity,
        reason,
        ...(amount && { amount: Number(amount) }),
        ...(vvm && { vvm }),
        ...(document && { documents: [`invoice:${document}`] }),
      }));
      const { count, refused } = await device.recordAll("in", movements, spoken());
      enter(lines.filter((_, index) => refused.some(({ line }) => line === index + 1)));
      if (count > 0) say("done", t("receive.saved", { count }));
      for (const { line, said } of refused.slice(0, 3)) say("failed", t("receive.notTaken", { line, why: told(said) }));
    });
  const sheet = ([file]: File[]) =>
    attempt(async () => {
      if (!file) return;
      const { readSheet } = await import("../parts/sheet.js");
      const { rows, without } = await readSheet(file);
      enter([...lines, ...rows]);
      if (without.length > 0) say("failed", t("sheet.without", { columns: without.join(", ") }));
    });
  return (
    <section aria-labelledby="by-hand">
      <h3 id="by-hand">{t("receive.byHand")}</h3>
      <Entry onEntered={(line) => enter([...lines, line])} priced />
      <FileButton label={t("receive.sheet")} accept=".csv,.xlsx,text/csv" plain onFiles={(files) => void sheet(files)} />
      {lines.length > 0 && (
        <>
          <ol class="lines">
            {lines.slice(0, 50).map((line, index) => (
              <li key={index}>
                <strong>{line.quantity}</strong> {line.name} · {t("lot.lot", { lot: line.lot || t("lot.none") })} · {expiry(line.expiry)} {stage(line.vvm)}{" "}
                <button type="button" aria-label={t("entry.remove", { line: index + 1 })} onClick={() => enter(lines.filter((_, other) => other !== index))}>
                  ✕
                </button>
              </li>
            ))}
          </ol>
          {lines.length > 50 && <p>{t("entry.more", { count: lines.length - 50 })}</p>}
          <div class="row-of-fields">
            <Select label={t("dispense.reason")} value={reason} onChange={because} options={["supplier", "opening_balance", "customer_return", "transfer", "donation", "found", "other"].map((name) => [name, code("reason", name)] as const)} />
            <Text label={t("receive.invoice")} value={document} onInput={name} />
          </div>
          <button type="button" class="first" onClick={() => void save()}>
            {t("receive.save", { count: lines.length })}
          </button>
        </>
      )}
    </section>
  );
}

export function Receive() {
  const [delivery, look] = useState<Delivery>();
  const show = (bundle: Uint8Array) =>
    attempt(async () => {
      const said = await device.look(bundle);
      if (said.lines.length > 0) return look({ bundle, ...said });
      // No delivery: a recall, an enrolment, news of an authority.
      const { objects } = await device.accept([bundle]);
      for (const object of objects) say(object.taken ? "done" : "failed", object.taken ? t("receive.accepted") : object.why ? told(object.why) : t("receive.waits"));
    });
  return (
    <section aria-labelledby="receive-title">
      <h2 id="receive-title">{t("receive.title")}</h2>
      {delivery ? (
        <Against delivery={delivery} onDone={() => look(undefined)} />
      ) : (
        <>
          <h3>{t("receive.handover")}</h3>
          <p>{t("receive.what")}</p>
          <Take what={t("receive.handover")} onObject={(object) => void show(object)} />
          <ByHand />
        </>
      )}
    </section>
  );
}
