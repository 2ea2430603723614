/** The stock: found by words without diacritics, sorted, filtered, and as long as it is. */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { STATES, type Row, type Sort, type State, type View } from "../device/rows.js";
import { Badge } from "../parts/ui.js";
import { lotPath, useStore } from "../state.js";
import { expiry, number, opened, t } from "../words/words.js";

const CHUNK = 100;
const columns: [Sort, "stock.name" | "stock.lot" | "stock.expiry" | "stock.available" | "stock.state"][] = [
  ["name", "stock.name"],
  ["lot", "stock.lot"],
  ["expiry", "stock.expiry"],
  ["available", "stock.available"],
  ["state", "stock.state"],
];

/** The rows in sight: fetched from the worker in pieces, the pieces around them ahead. */
function useRows(words: string, states: State[], sort: Sort, down: boolean, version: number) {
  const [view, show] = useState<{ of: string; head: View; chunks: Map<number, Row[]> }>();
  const of = JSON.stringify([words, states, sort, down, version]);
  const asked = useRef(new Set<string>());
  const latest = useRef(of);
  latest.current = of;
  const fetch = (chunk: number) => {
    const key = `${of} ${chunk}`;
    if (asked.current.has(key)) return;
    asked.current.add(key);
    void device.view({ words, states, sort, down, offset: chunk * CHUNK, limit: CHUNK }).then((head) => {
      if (latest.current !== of) return;
      show((old) => {
        const chunks = old?.of === of ? new Map(old.chunks) : new Map<number, Row[]>();
        chunks.set(chunk, head.rows);
        return { of, head, chunks };
      });
    });
  };
  return { view, fetch, of };
}

export function Stock() {
  const { version } = useStore();
  const [words, type] = useState("");
  const [states, filter] = useState<State[]>([]);
  const [[sort, down], order] = useState<[Sort, boolean]>(["name", false]);
  const { view, fetch, of } = useRows(words, states, sort, down, version);
  const scroller = useRef<HTMLDivElement>(null);
  const [range, see] = useState({ first: 0, last: 30, before: 0, after: 0 });
  const virtual = useRef<Virtualizer<HTMLDivElement, HTMLTableRowElement> | undefined>(undefined);
  const total = view?.head.total ?? 0;

  const height = () => (matchMedia("(max-width: 46rem)").matches ? 104 : 48);
  const options = () => ({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: height,
    overscan: 8,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: (instance: Virtualizer<HTMLDivElement, HTMLTableRowElement>) => {
      const items = instance.getVirtualItems();
      const [head, tail] = [items[0], items.at(-1)];
      const next = head && tail ? { first: head.index, last: tail.index, before: head.start, after: instance.getTotalSize() - tail.end } : { first: 0, last: -1, before: 0, after: 0 };
      see((old) => (Object.keys(next).every((key) => old[key as keyof typeof old] === next[key as keyof typeof next]) ? old : next));
    },
  });
  useLayoutEffect(() => {
    virtual.current = new Virtualizer(options());
    const end = virtual.current._didMount();
    virtual.current._willUpdate();
    const narrow = matchMedia("(max-width: 46rem)");
    const measure = () => virtual.current?.measure();
    narrow.addEventListener("change", measure);
    return () => {
      narrow.removeEventListener("change", measure);
      end();
    };
  }, []);
  useLayoutEffect(() => {
    const instance = virtual.current;
    if (!instance) return;
    instance.setOptions(options());
    instance._willUpdate();
    instance.measure();
    options().onChange(instance);
  }, [total]);
  useEffect(() => {
    const last = Math.max(range.last, 0);
    for (let chunk = Math.max(0, Math.floor(range.first / CHUNK) - 1); chunk <= Math.floor(last / CHUNK) + 1; chunk++) {
      if (chunk === 0 || chunk * CHUNK < total) fetch(chunk);
    }
  }, [of, range.first, range.last, total]);
  useEffect(() => scroller.current?.scrollTo(0, 0), [words, states, sort, down]);

  useEffect(() => {
    if (view && performance.getEntriesByName("medlot-stock").length === 0) performance.mark("medlot-stock");
  }, [view]);

  const rowAt = (index: number) => view?.chunks.get(Math.floor(index / CHUNK))?.[index % CHUNK];
  const shown: number[] = [];
  for (let index = range.first; index <= Math.min(range.last, total - 1); index++) shown.push(index);
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
              {t(`state.${state}`)} {view && <span>{number(view.head.counts[state])}</span>}
            </button>
          ))}
        </div>
      </div>
      <p class="count" role="status">
        {view && t("stock.count", { shown: total, all: view.head.all })}
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
        {view && total === 0 && <p class="empty">{view.head.all === 0 ? t("stock.none") : t("stock.noneFound")}</p>}
      </div>
    </section>
  );
}
