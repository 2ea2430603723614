/** Stock-take: any number of lots, while stock moves; it goes on after the page was closed, with all that was typed. */
import { useEffect, useRef, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { ONLY, quantityOf, type CountRow, type Draft, type Going, type Only } from "../device/counting.js";
import { AmountField, NONE, quantityOf as amountEntered, remember, type Amount } from "../parts/amount.js";
import { Entry, type Entered } from "../parts/entry.js";
import { ProductField, type Product } from "../parts/product.js";
import { Scan } from "../parts/scan.js";
import { Dialog, Select } from "../parts/ui.js";
import { useInSight, useRows } from "../parts/virtual.js";
import { attempt, reason, say, useStore } from "../state.js";
import { amount, code, expiry, number, opened, stage, t, told } from "../words/words.js";

const EMPTY: Draft = { units: "", parts: "" };

function Begin({ onBegun }: { onBegun: (going: Going) => void }) {
  const { version } = useStore();
  const [product, take] = useState<Product>();
  const [blind, hide] = useState(false);
  const [stores, list] = useState<string[]>([]);
  const [store, choose] = useState("");
  useEffect(() => void attempt(async () => list(await device.stores())), [version]);
  const begin = () => attempt(async () => onBegun(await device.countBegin({ blind, store, product: product?.product ?? "" })));
  return (
    <section aria-labelledby="count-title">
      <h2 id="count-title">{t("count.title")}</h2>
      <p>{t("count.what")}</p>
      <div class="row-of-fields">
        <ProductField label={t("count.product")} value={product} onChange={take} />
        {stores.some((store) => store !== "") && <Select label={t("count.store")} value={store} onChange={choose} options={["", ...stores.filter(Boolean)].map((store) => [store, store || t("lot.mainStore")] as const)} />}
      </div>
      <label class="check">
        <input type="checkbox" checked={blind} onChange={(event) => hide(event.currentTarget.checked)} /> {t("count.blind")}
      </label>
      <button type="button" class="first" onClick={() => void begin()}>
        {t("count.begin")}
      </button>
    </section>
  );
}

interface LineProps {
  line: CountRow;
  draft: Draft;
  blind: boolean;
  onType: (draft: Draft) => void;
  onCount: (quantity: string) => void;
  onParts: () => void;
}

function Line({ line: { key, shelf: row, form, total }, draft, blind, onType, onCount, onParts }: LineProps) {
  const id = `count-${key}`;
  const known = row.parts.length > 0 ? `${number(row.onHand)} + ${opened(row.parts)}` : number(row.onHand);
  const lot = t("lot.lot", { lot: row.lot || t("lot.none") });
  return (
    <form
      class="shelf-line"
      onSubmit={(event) => {
        event.preventDefault();
        const quantity = quantityOf(draft, form);
        if (quantity === undefined) say("failed", t("count.whole"));
        else onCount(quantity);
      }}
    >
      <label for={id}>
        <strong>{row.name}</strong>
        <span>
          {lot} · {expiry(row.expiry, row.wholeMonth)} {stage(row.vvm)} {row.held && t("state.held")}
          {!blind && ` · ${t("count.known", { onHand: known })}`}
        </span>
        {total !== undefined && <b class="done">{t("count.counted", { quantity: amount(total) })}</b>}
      </label>
      <input id={id} inputMode="numeric" autocomplete="off" value={draft.units} onInput={(event) => onType({ ...draft, units: event.currentTarget.value })} />
      {form ? (
        <span class="opened-part">
          <input aria-label={t("count.parts", { name: row.name, lot })} inputMode="numeric" autocomplete="off" value={draft.parts} onInput={(event) => onType({ ...draft, parts: event.currentTarget.value })} />/{number(form.perUnit)} {code("measure", form.measure)}
        </span>
      ) : (
        <button type="button" aria-label={t("count.parts", { name: row.name, lot })} onClick={onParts}>
          ½
        </button>
      )}
      <button type="submit">{t(total === undefined ? "count.line" : "count.more")}</button>
    </form>
  );
}

/** Parts of a medicine of which nobody said yet how it is divided. */
function Parts({ line, onCount, onClose }: { line: CountRow; onCount: (quantity: string) => void; onClose: () => void }) {
  const [entered, enter] = useState<Amount>(NONE);
  return (
    <Dialog title={`${line.shelf.name} · ${t("lot.lot", { lot: line.shelf.lot || t("lot.none") })}`} onClose={onClose}>
      <AmountField value={entered} product={line.shelf.product} opened onChange={enter} />
      <div class="buttons">
        <button
          type="button"
          class="first"
          onClick={() => {
            const quantity = amountEntered(entered, true);
            if (quantity === undefined) return say("failed", t("quantity.whole"));
            remember(line.shelf.product, quantity);
            onCount(quantity);
          }}
        >
          {t("count.line")}
        </button>
        <button type="button" onClick={onClose}>
          {t("cancel")}
        </button>
      </div>
    </Dialog>
  );
}

function Counted({ going, onEnd }: { going: Going; onEnd: () => void }) {
  const { version } = useStore();
  const [words, type] = useState("");
  const [only, choose] = useState<Only>("all");
  const [taken, again] = useState(0);
  const [parts, divide] = useState<CountRow>();
  const [ending, end] = useState<{ rest: boolean }>();
  /** The row that is typed in stays though it is scrolled out of sight. */
  const [held, hold] = useState(-1);
  const drafts = useRef(new Map<string, Draft>());
  const next = useRef("");
  const rows = useRows(JSON.stringify([words, only, going.begin]), `${version} ${taken}`, (offset, limit) => device.countView({ words, only, offset, limit }));
  const { head, total, rowAt } = rows;
  const { scroller, shown, height } = useInSight(rows, 80, 148);
  useEffect(() => scroller.current?.scrollTo(0, 0), [words, only]);
  useEffect(() => {
    const field = next.current ? document.getElementById(`count-${next.current}`) : null;
    if (!field) return;
    next.current = "";
    field.focus();
    field.scrollIntoView({ block: "nearest" });
  });

  const draftOf = ({ key, draft }: CountRow): Draft => drafts.current.get(key) ?? draft ?? EMPTY;
  const write = (key: string, draft: Draft) => {
    drafts.current.set(key, draft);
    again((count) => count + 1);
    device.countDraft(key, draft).catch((error: unknown) => say("failed", reason(error)));
  };
  const count = (line: CountRow, quantity: string, index?: number) =>
    attempt(async () => {
      await device.countLine(line.shelf, quantity);
      drafts.current.set(line.key, EMPTY);
      // Enter leads down the shelf.
      if (index !== undefined) next.current = rowAt(index + 1)?.key ?? "";
      divide(undefined);
      again((count) => count + 1);
    });
  const recordDrafts = async (): Promise<void> => {
    const { count, refused } = await device.countDrafts();
    drafts.current.clear();
    again((count) => count + 1);
    if (count > 0) say("done", t("count.recorded", { count }));
    if (refused[0]) throw new Error(told(refused[0].said));
  };
  const over = (rest: boolean) =>
    attempt(async () => {
      say("done", t("count.done", { count: await device.countEnd(rest) }));
      onEnd();
    });
  const finish = (rest: boolean) => (head && head.typed > 0 ? end({ rest }) : void over(rest));
  const found = ({ product, lot, expiry, quantity, vvm }: Entered) =>
    void attempt(async () => {
      await device.countFound({ product, lot: lot || "none", ...(expiry && { expiry }), ...(vvm && { vvm }), quantity });
      say("done", t("count.counted", { quantity: amount(quantity) }));
    });

  const visible = held >= 0 && held < total && !shown.includes(held) ? [held, ...shown] : shown;
  const seen = new Set<string>();
  return (
    <section class="stock" aria-labelledby="count-title">
      <h2 id="count-title">{t("count.title")}</h2>
      <div class="tools">
        <div class="row-of-fields">
          <div class="field">
            <label for="count-search">{t("stock.search")}</label>
            <input id="count-search" type="search" value={words} onInput={(event) => type(event.currentTarget.value)} autocomplete="off" />
          </div>
          <Scan onPack={({ lot, name, product }) => type(lot || name || product)} />
        </div>
        <div class="filters" role="group" aria-label={t("count.filter")}>
          {ONLY.filter((name) => name !== "differs" || !going.blind).map((name) => (
            <button type="button" key={name} class="chip" aria-pressed={only === name} onClick={() => choose(name)}>
              {t(`only.${name}`)}
            </button>
          ))}
        </div>
      </div>
      <p class="count" role="status">
        {head && t("count.going", { counted: head.counted, all: head.all })} {head && head.typed > 0 && t("count.typed", { count: head.typed })}
      </p>
      <div class="scroller" ref={scroller} tabIndex={0} role="region" aria-label={t("stock.list")}>
        <ul class="shelf" style={{ height: `${total * height}px` }}>
          {visible.map((index) => {
            const line = rowAt(index);
            if (line && seen.has(line.key)) return null;
            if (line) seen.add(line.key);
            return (
              <li
                key={line?.key ?? index}
                aria-setsize={total}
                aria-posinset={index + 1}
                style={{ height: `${height}px`, transform: `translateY(${index * height}px)` }}
                onFocusIn={() => hold(index)}
                onFocusOut={() => hold(-1)}
              >
                {line ? (
                  <Line
                    line={line}
                    draft={draftOf(line)}
                    blind={going.blind}
                    onType={(draft) => write(line.key, draft)}
                    onCount={(quantity) => void count(line, quantity, index)}
                    onParts={() => divide(line)}
                  />
                ) : (
                  "…"
                )}
              </li>
            );
          })}
        </ul>
        {head && total === 0 && <p class="empty">{t(head.all === 0 ? "stock.none" : "stock.noneFound")}</p>}
      </div>
      <details>
        <summary>{t("count.another")}</summary>
        <Entry onEntered={found} counted />
      </details>
      <div class="buttons">
        {head && head.typed > 0 && (
          <button type="button" onClick={() => void attempt(recordDrafts)}>
            {t("count.record", { count: head.typed })}
          </button>
        )}
        <button type="button" class="first" onClick={() => finish(false)}>
          {t("count.end")}
        </button>
        <button type="button" onClick={() => finish(true)}>
          {t("count.endZero")}
        </button>
      </div>
      {parts && <Parts line={parts} onCount={(quantity) => void count(parts, quantity)} onClose={() => divide(undefined)} />}
      {ending && head && (
        <Dialog title={t("count.typed", { count: head.typed })} onClose={() => end(undefined)}>
          <p>{t("count.typedWhat")}</p>
          <div class="buttons">
            <button type="button" class="first" onClick={() => void attempt(recordDrafts).then((well) => (end(undefined), well ? over(ending.rest) : undefined))}>
              {t("count.record", { count: head.typed })}
            </button>
            <button type="button" class="danger" onClick={() => (end(undefined), void over(ending.rest))}>
              {t("count.leave")}
            </button>
            <button type="button" onClick={() => end(undefined)}>
              {t("cancel")}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

export function Count() {
  const [going, set] = useState<Going | null>();
  useEffect(() => void attempt(async () => set((await device.counting()) ?? null)), []);
  if (going === undefined) return <p class="wait">{t("wait")}</p>;
  return going ? <Counted going={going} onEnd={() => set(null)} /> : <Begin onBegun={set} />;
}
