/** Handing over: lines become one signed code, shown on the screen or printed on a delivery note. */
import { useState } from "preact/hooks";
import { device } from "../device/client.js";
import { lineOf, type Row } from "../device/rows.js";
import { ProductField, type Product } from "../parts/product.js";
import { Codes } from "../parts/qr.js";
import { give, Select, Text } from "../parts/ui.js";
import { attempt, say, useStore } from "../state.js";
import { code, expiry, instant, number, spoken, stage, t } from "../words/words.js";

type Line = Row & { quantity: string };

interface Made {
  to: string;
  document: string;
  reason: string;
  lines: Line[];
  bundle: Uint8Array;
  texts: string[];
  at: number;
}

function Note({ made, from, onDone }: { made: Made; from: string; onDone: () => void }) {
  return (
    <article class="note" aria-labelledby="note-title">
      <h2 id="note-title">{t("note.title")}</h2>
      <dl>
        <dt>{t("note.from")}</dt>
        <dd>{from}</dd>
        <dt>{t("note.to")}</dt>
        <dd>{made.to}</dd>
        <dt>{t("note.number")}</dt>
        <dd>{made.document || "–"}</dd>
        <dt>{t("note.time")}</dt>
        <dd>{instant(made.at)}</dd>
        <dt>{t("dispense.reason")}</dt>
        <dd>{code("reason", made.reason)}</dd>
      </dl>
      <div class="wide" role="region" aria-label={t("note.lines")} tabIndex={0}>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">{t("product")}</th>
            <th scope="col">{t("lot")}</th>
            <th scope="col">{t("expiry")}</th>
            <th scope="col" class="amount">
              {t("quantity")}
            </th>
          </tr>
        </thead>
        <tbody>
          {made.lines.map((line, index) => (
            <tr key={index}>
              <td>
                {line.name} <small>{line.product}</small>
              </td>
              <td>{line.lot || t("lot.none")}</td>
              <td>{expiry(line.expiry, line.wholeMonth)} {stage(line.vvm)}</td>
              <td class="amount">{number(Number(line.quantity))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      </div>
      <Codes texts={made.texts} />
      <p class="signatures">
        <span>{t("note.giver")}</span>
        <span>{t("note.taker")}</span>
      </p>
      <div class="buttons">
        <button type="button" class="first" onClick={() => print()}>
          {t("note.print")}
        </button>
        <button type="button" onClick={() => give(made.bundle, `${made.document || "handover"}.mlt`)}>
          {t("note.file")}
        </button>
        <button type="button" onClick={onDone}>
          {t("note.another")}
        </button>
      </div>
    </article>
  );
}

export function HandOver() {
  const { standing } = useStore();
  const [to, address] = useState("");
  const [document, name] = useState("");
  const [reason, because] = useState("transfer");
  const [product, take] = useState<Product>();
  const [lots, offer] = useState<Row[]>([]);
  const [chosen, choose] = useState("");
  const [quantity, count] = useState("");
  const [lines, enter] = useState<Line[]>([]);
  const [made, make] = useState<Made>();
  const pick = (product: Product | undefined) =>
    attempt(async () => {
      take(product);
      const found = product ? (await device.lots(product.product)).filter(({ available }) => available > 0) : [];
      offer(found);
      choose("0");
    });
  const add = () => {
    const row = lots[Number(chosen)];
    if (!row) return say("failed", t("entry.noProduct"));
    if (!/^[1-9]\d{0,8}$/.test(quantity)) return say("failed", t("quantity.whole"));
    enter([...lines, { ...row, quantity }]);
    take(undefined);
    offer([]);
    count("");
  };
  const go = () =>
    attempt(async () => {
      const target = to.includes(":") ? to.trim() : `facility:${to.trim()}`;
      const given = await device.handOver(
        {
          to: target,
          reason,
          ...(document && { documents: [`delivery_note:${document}`] }),
          lines: lines.map((line) => lineOf(line, line.quantity)),
        },
        spoken(),
      );
      make({ to: to.trim(), document, reason, lines, bundle: given.bundle, texts: given.texts, at: standing?.now ?? Date.now() });
      enter([]);
    });
  if (made) return <Note made={made} from={standing?.facility ?? ""} onDone={() => make(undefined)} />;
  return (
    <section aria-labelledby="handover-title">
      <h2 id="handover-title">{t("handover.title")}</h2>
      <p>{t("handover.what")}</p>
      <div class="row-of-fields">
        <Text label={t("handover.to")} hint={t("handover.toHint")} value={to} onInput={address} />
        <Text label={t("note.number")} value={document} onInput={name} />
        <Select label={t("dispense.reason")} value={reason} onChange={because} options={["transfer", "wholesale", "return_to_supplier", "recall_return", "loan", "donation"].map((name) => [name, code("reason", name)] as const)} />
      </div>
      <form
        class="row-of-fields"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <ProductField label={t("product")} value={product} onChange={(product) => void pick(product)} />
        <Select label={t("lot")} value={chosen} onChange={choose} options={lots.map((row, index) => [String(index), `${row.lot || t("lot.none")} · ${expiry(row.expiry, row.wholeMonth)} · ${number(row.available)}${row.store ? ` · ${row.store}` : ""} ${stage(row.vvm)}`] as const)} />
        <Text label={t("quantity")} inputMode="numeric" value={quantity} onInput={count} />
        <button type="submit">{t("entry.add")}</button>
      </form>
      <ol class="lines">
        {lines.map((line, index) => (
          <li key={index}>
            <strong>{line.quantity}</strong> {line.name} · {t("lot.lot", { lot: line.lot || t("lot.none") })}{" "}
            <button type="button" aria-label={t("entry.remove", { line: index + 1 })} onClick={() => enter(lines.filter((_, other) => other !== index))}>
              ✕
            </button>
          </li>
        ))}
      </ol>
      <button type="button" class="first" disabled={lines.length === 0 || !to.trim()} onClick={() => void go()}>
        {t("handover.go")}
      </button>
    </section>
  );
}
