/** The stock: found by words without diacritics, sorted, filtered, and as long as it is. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { STATES, type Sort, type State } from "../device/rows.js";
import { Badge } from "../parts/ui.js";
import { useInSight, useRows } from "../parts/virtual.js";
import { lotPath, useStore } from "../state.js";
import { expiry, instant, number, opened, stage, t } from "../words/words.js";

const columns: [Sort, "stock.name" | "stock.lot" | "stock.expiry" | "stock.available" | "stock.state"][] = [
  ["name", "stock.name"],
  ["lot", "stock.lot"],
  ["expiry", "stock.expiry"],
  ["available", "stock.available"],
  ["state", "stock.state"],
];

export function Stock() {
  const { before, version } = useStore();
  const [words, type] = useState("");
  const [states, filter] = useState<State[]>([]);
  const [[sort, down], order] = useState<[Sort, boolean]>(["name", false]);
  const asItWas = words === "" && states.length === 0 && sort === "name" && !down ? before?.view : undefined;
  const rows = useRows(JSON.stringify([words, states, sort, down]), version, (offset, limit) => device.view({ words, states, sort, down, offset, limit }), asItWas);
  const { head, fresh, total, rowAt } = rows;
  const { scroller, range, shown } = useInSight(rows, 48, 104);
  useEffect(() => scroller.current?.scrollTo(0, 0), [words, states, sort, down]);

  useEffect(() => {
    for (const [mark, now] of [["medlot-stock", head], ["medlot-fresh", fresh]] as const) if (now && performance.getEntriesByName(mark).length === 0) performance.mark(mark);
  }, [head, fresh]);

  const toggle = (state: State) => filter(states.includes(state) ? states.filter((other) => other !== state) : [...states, state]);
  return (
    <section class="stock" aria-labelledby="stock-title">
      <h2 id="stock-title">{t("stock.title")}</h2>
      <div class="tools">
        <div class="field">
          <label for="stock-search">{t("stock.search")}</label>
          <input id="stock-search" type="search" value={words} onInput={(event) => type(event.currentTarget.value)} autocomplete="off" />
        </div>
        <div class="filters" role="group" aria-label={t("stock.filter")}>
          {STATES.map((state) => (
            <button type="button" key={state} class={`chip ${state}`} aria-pressed={states.includes(state)} onClick={() => toggle(state)}>
              {t(`state.${state}`)} {head && <span>{number(head.counts[state])}</span>}
            </button>
          ))}
        </div>
      </div>
      <p class="count" role="status">
        {head && t("stock.count", { shown: total, all: head.all })} {head && !fresh && before && <span class="checking">{t("stock.before", { when: instant(before.at) })}</span>}
      </p>
      <div class="scroller" ref={scroller} tabIndex={0} role="region" aria-label={t("stock.list")}>
        <table aria-rowcount={total + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map(([column, word]) => (
                <th key={column} scope="col" aria-sort={sort === column ? (down ? "descending" : "ascending") : "none"} class={column}>
                  <button type="button" onClick={() => order([column, sort === column && !down])}>
                    {t(word)} <span aria-hidden="true">{sort === column ? (down ? "▼" : "▲") : ""}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {range.before > 0 && <tr class="space" style={{ height: `${range.before}px` }} aria-hidden="true" />}
            {shown.map((index) => {
              const row = rowAt(index);
              return (
                // Rows that leave at one end are those that come at the other: nothing is built while it scrolls.
                <tr key={index % shown.length} aria-rowindex={index + 2} class="row">
                  {row ? (
                    <>
                      <th scope="row" class="name">
                        <a href={`#/${lotPath(row.product, row.lot)}`}>{row.name}</a>
                      </th>
                      <td class="lot">
                        <span class="label">{t("stock.lot")} </span>
                        {row.lot || t("lot.none")}
                        {row.store && <small> {row.store}</small>}
                        {row.vvm > 0 && <small> {stage(row.vvm)}</small>}
                      </td>
                      <td class="expiry">
                        <span class="label">{t("stock.expiry")} </span>
                        {expiry(row.expiry, row.wholeMonth)}
                      </td>
                      <td class="available">
                        {number(row.available)}
                        {row.available !== row.onHand && <small> / {number(row.onHand)}</small>}
                        {row.coming > 0 && <small> +{number(row.coming)}</small>}
                        {row.parts.length > 0 && <small> · {opened(row.parts)}</small>}
                      </td>
                      <td class="state">
                        <Badge state={row.state} />
                      </td>
                    </>
                  ) : (
                    <td colSpan={5}>…</td>
                  )}
                </tr>
              );
            })}
            {range.after > 0 && <tr class="space" style={{ height: `${range.after}px` }} aria-hidden="true" />}
          </tbody>
        </table>
        {head && total === 0 && <p class="empty">{head.all === 0 ? t("stock.none") : t("stock.noneFound")}</p>}
      </div>
    </section>
  );
}
