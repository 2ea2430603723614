/** Stock-take: what is counted while stock moves; a count goes on after the page was closed. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { lineOf, type Row } from "../device/rows.js";
import { ProductField, type Product } from "../parts/product.js";
import { attempt, say, useStore } from "../state.js";
import { expiry, number, t } from "../words/words.js";

const KEPT = "medlot.count";

interface Going {
  which: string;
  begin: number;
  blind: boolean;
  product?: Product;
  /** Lots that were counted, by place in the table. */
  counted: Record<string, number>;
}

const keyOf = (row: Row): string => [row.product, row.lot, row.store, row.fund, row.vvm].join("|");

function kept(which: string): Going | undefined {
  try {
    const going = JSON.parse(localStorage.getItem(KEPT) ?? "null") as Going | null;
    return going?.which === which ? going : undefined;
  } catch {
    return undefined;
  }
}

export function Count() {
  const { standing, version } = useStore();
  const which = standing?.which ?? "own";
  const [going, set] = useState(() => kept(which));
  const [product, take] = useState<Product>();
  const [blind, hide] = useState(false);
  const [rows, show] = useState<Row[]>([]);
  const [typed, type] = useState<Record<string, string>>({});
  const go = (next: Going | undefined) => {
    if (next) localStorage.setItem(KEPT, JSON.stringify(next));
    else localStorage.removeItem(KEPT);
    set(next);
  };
  useEffect(() => {
    if (going) void attempt(async () => show(going.product ? await device.lots(going.product.product) : await device.table()));
  }, [going?.begin, version]);

  const begin = () =>
    attempt(async () => {
      const { first } = await device.countBegin({ blind, ...(product && { products: [product.product] }) });
      go({ which, begin: first, blind, ...(product && { product }), counted: {} });
    });
  const line = (row: Row) =>
    attempt(async () => {
      const key = keyOf(row);
      const quantity = typed[key] ?? "";
      if (!going || !/^\d{1,9}$/.test(quantity)) return say("failed", t("quantity.whole"));
      await device.countLine(going.begin, lineOf(row, quantity));
      go({ ...going, counted: { ...going.counted, [key]: Number(quantity) } });
    });
  const end = (rest: boolean) =>
    attempt(async () => {
      if (!going) return;
      await device.countEnd(going.begin, rest);
      say("done", t("count.done", { count: Object.keys(going.counted).length }));
      go(undefined);
    });
  if (!going)
    return (
      <section aria-labelledby="count-title">
        <h2 id="count-title">{t("count.title")}</h2>
        <p>{t("count.what")}</p>
        <ProductField label={t("count.product")} value={product} onChange={take} />
        <label class="check">
          <input type="checkbox" checked={blind} onChange={(event) => hide(event.currentTarget.checked)} /> {t("count.blind")}
        </label>
        <button type="button" class="first" onClick={() => void begin()}>
          {t("count.begin")}
        </button>
      </section>
    );
  return (
    <section aria-labelledby="count-title">
      <h2 id="count-title">{t("count.title")}</h2>
      <p>{t("count.going", { counted: Object.keys(going.counted).length, all: rows.length })}</p>
      <ul class="lines">
        {rows.slice(0, 200).map((row) => {
          const key = keyOf(row);
          const id = `count-${key.replaceAll(/\W/g, "_")}`;
          return (
            <li key={key}>
              <form
                class="row-of-fields"
                onSubmit={(event) => {
                  event.preventDefault();
                  void line(row);
                }}
              >
                <div class="field">
                  <label for={id}>
                    {row.name} · {t("lot.lot", { lot: row.lot || t("lot.none") })} · {expiry(row.expiry, row.wholeMonth)} {row.store}
                    {!going.blind && ` · ${t("count.known", { onHand: row.onHand })}`}
                  </label>
                  <input id={id} inputMode="numeric" autocomplete="off" value={typed[key] ?? ""} onInput={(event) => type({ ...typed, [key]: event.currentTarget.value })} />
                </div>
                <button type="submit">{t("count.line")}</button>
                {going.counted[key] !== undefined && <span class="done">{t("count.counted", { quantity: number(going.counted[key] ?? 0) })}</span>}
              </form>
            </li>
          );
        })}
      </ul>
      {rows.length > 200 && <p class="notice failed">{t("count.tooMany", { count: rows.length })}</p>}
      <div class="buttons">
        <button type="button" class="first" onClick={() => void end(false)}>
          {t("count.end")}
        </button>
        <button type="button" onClick={() => void end(true)}>
          {t("count.endZero")}
        </button>
      </div>
    </section>
  );
}
