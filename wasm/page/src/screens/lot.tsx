/** A lot: what stands where, every movement, and its way as a graph. */
import type { CardRow, Trace } from "medlot";
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { lineOf, type Row } from "../device/rows.js";
import { Badge, Dialog, Monitor, Select, Text } from "../parts/ui.js";
import { attempt, say, useStore } from "../state.js";
import { amountOf, code, expiry, instant, number, opened, spoken, stage, t } from "../words/words.js";

type Line = CardRow & { own: boolean };

function Way({ trace }: { trace: Trace }) {
  const [Graph, load] = useState<typeof import("../parts/trace.js").Graph>();
  useEffect(() => void import("../parts/trace.js").then(({ Graph }) => load(() => Graph)), []);
  return (
    <>
      {Graph && <Graph trace={trace} />}
      <details>
        <summary>{t("trace.list")}</summary>
        <ul>
          {trace.edges.map((edge) => (
            <li key={`${edge.record.log} ${edge.record.index}`}>{t("trace.step", { from: edge.from, to: edge.to, quantity: edge.quantity, received: edge.received })}</li>
          ))}
        </ul>
      </details>
    </>
  );
}

const placeOf = (row: Row): string => [row.store || t("lot.mainStore"), stage(row.vvm)].filter(Boolean).join(" · ");

const moves = ["hold", "release", "store_to_store", "vaccine_vial_monitor"] as const;

/** Holds stock back, lets it go, takes it to another store, or notes what its vial monitors show now. */
function Move({ rows }: { rows: Row[] }) {
  const [at, stand] = useState("0");
  const [reason, because] = useState<string>("hold");
  const [quantity, count] = useState("");
  const [target, send] = useState("");
  const [monitor, show] = useState(2);
  const move = () =>
    attempt(async () => {
      const row = rows[Number(at)];
      if (!row || !/^[1-9]\d{0,8}$/.test(quantity)) return say("failed", t("quantity.whole"));
      const way = reason === "hold" ? { from: "available", to: "hold" } : reason === "release" ? { from: "hold", to: "available" } : reason === "vaccine_vial_monitor" ? { toVvm: monitor } : { toStore: target.trim() || "main" };
      await device.record(
        "move",
        { ...lineOf(row, quantity), reason, ...way },
        false,
        spoken(),
      );
      say("done", t("move.done"));
      count("");
    });
  return (
    <details>
      <summary>{t("move.title")}</summary>
      <form
        class="row-of-fields"
        onSubmit={(event) => {
          event.preventDefault();
          void move();
        }}
      >
        {rows.length > 1 && <Select label={t("move.from")} value={at} onChange={stand} options={rows.map((row, index) => [String(index), placeOf(row)] as const)} />}
        <Select label={t("dispense.reason")} value={reason} onChange={because} options={moves.map((name) => [name, code("reason", name)] as const)} />
        {reason === "store_to_store" && <Text label={t("move.to")} value={target} onInput={send} />}
        {reason === "vaccine_vial_monitor" && <Monitor label={t("vvm.now")} value={monitor} onChange={show} none={false} />}
        <Text label={t("quantity")} inputMode="numeric" value={quantity} onInput={count} />
        <button type="submit">{t("move.go")}</button>
      </form>
    </details>
  );
}

export function Lot() {
  const { route, version } = useStore();
  const [, product = "", named = ""] = route;
  const lot = named === "none" ? "" : named;
  const [name, call] = useState(product);
  const [rows, show] = useState<Row[]>([]);
  const [card, list] = useState<Line[]>([]);
  const [trace, follow] = useState<Trace>();
  const [back, take] = useState<Line>();
  const [why, say_] = useState("");
  useEffect(
    () =>
      void attempt(async () => {
        call(await device.name(product));
        show(await device.lots(product, lot));
        list(await device.card(product, lot));
        follow(await device.trace(product, lot, spoken()));
      }),
    [product, lot, version],
  );
  const reverse = (line: Line) =>
    attempt(async () => {
      await device.reverse(String(line.index), undefined, why ? { localReason: why } : {}, spoken());
      say("done", t("reverse.done"));
      take(undefined);
    });
  const [row] = rows;
  return (
    <article class="lotcard">
      <h2>{name}</h2>
      <p>
        {t("lot.lot", { lot: lot || t("lot.none") })} · {row && t("lot.until", { expiry: expiry(row.expiry, row.wholeMonth) })} · <small>{product}</small>
      </p>
      {[...new Set(rows.map(({ state }) => state))].map((state) => (
        <Badge key={state} state={state} />
      ))}
      {row?.recalls.map((recall) => (
        <p key={recall.notice} class="notice failed">
          {t("recall.one", { class: recall.class, notice: recall.notice })}
        </p>
      ))}
      <dl class="figures">
        {rows.map((row) => (
          <div key={`${row.store} ${row.fund} ${row.vvm}`}>
            <dt>{placeOf(row)}</dt>
            <dd>
              {number(row.available)}
              <small>{t("lot.standing", { onHand: row.onHand, hold: row.hold, coming: row.coming })}</small>
              {row.parts.length > 0 && <small>{t("parts.opened", { parts: opened(row.parts) })}</small>}
            </dd>
          </div>
        ))}
      </dl>
      {rows.length > 0 && <Move rows={rows} />}
      <h3>{t("trace.title")}</h3>
      {trace && trace.edges.length > 0 ? <Way trace={trace} /> : <p>{t("trace.none")}</p>}
      <h3>{t("card.title")}</h3>
      <div class="wide" role="region" aria-label={t("card.title")} tabIndex={0}>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">{t("card.time")}</th>
              <th scope="col">{t("card.what")}</th>
              <th scope="col" class="amount">
                {t("card.change")}
              </th>
              <th scope="col" class="amount">
                {t("card.balance")}
              </th>
              <th scope="col">
                <span class="hidden">{t("card.act")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {card.slice(0, 300).map((line) => (
              <tr key={`${line.log} ${line.index} ${line.bucket} ${line.store}`}>
                <td>{instant(line.time)}</td>
                <td>
                  {code("kind", line.kind === "movement" ? line.direction : line.kind)} {code("reason", line.reason)} {line.counterparty?.replace("facility:", "")}
                  {line.parts !== undefined && ` ${amountOf(line)}`}
                </td>
                <td class="amount">{number(line.change)}</td>
                <td class="amount">{number(line.balance)}</td>
                <td>
                  {line.own && line.kind === "movement" && line.direction !== "move" && (
                    <button type="button" onClick={() => take(line)} aria-label={t("reverse.label", { what: `${code("reason", line.reason)} ${instant(line.time)}` })}>
                      {t("reverse.go")}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {card.length > 300 && <p>{t("card.more", { count: card.length - 300 })}</p>}
      {back && (
        <Dialog title={t("reverse.title")} onClose={() => take(undefined)}>
          <p>{t("reverse.what", { quantity: amountOf(back), reason: code("reason", back.reason), time: instant(back.time) })}</p>
          <Text label={t("reverse.why")} value={why} onInput={say_} />
          <div class="buttons">
            <button type="button" class="first" onClick={() => void reverse(back)}>
              {t("reverse.go")}
            </button>
            <button type="button" onClick={() => take(undefined)}>
              {t("cancel")}
            </button>
          </div>
        </Dialog>
      )}
    </article>
  );
}
