/** The stock as the table shows it: kept beside the device, put right by product after each movement. */
import type { MovementInput, PartsOf, StockView } from "medlot";
import { fold, holds, wordsOf } from "./fold.js";

export const STATES = ["recalled", "expired", "spoilt", "missing", "near", "held", "coming", "fine"] as const;
/** What matters most about a lot: one of these, the gravest first. */
export type State = (typeof STATES)[number];

export interface Row {
  product: string;
  name: string;
  lot: string;
  expiry: string;
  wholeMonth: boolean;
  store: string;
  fund: string;
  vvm: number;
  onHand: number;
  available: number;
  hold: number;
  coming: number;
  /** Opened units, beside the whole ones. */
  parts: PartsOf[];
  state: State;
  recalls: { class: number; notice: string }[];
}

/** Some of a row, as a line of a movement or a count. */
export const lineOf = (row: Omit<Row, "available" | "hold" | "coming">, quantity: string): MovementInput => ({
  product: row.product,
  lot: row.lot || "none",
  ...(row.expiry && { expiry: row.wholeMonth ? row.expiry.slice(0, 7) : row.expiry }),
  ...(row.store && { store: row.store }),
  ...(row.fund && { fund: row.fund }),
  ...(row.vvm && { vvm: row.vvm }),
  quantity,
});

export const SORTS = ["name", "lot", "expiry", "available", "state"] as const;
export type Sort = (typeof SORTS)[number];

export interface Query {
  words: string;
  states: State[];
  sort: Sort;
  down: boolean;
  offset: number;
  limit: number;
}

export interface View {
  rows: Row[];
  total: number;
  all: number;
  counts: Record<State, number>;
}

/** Days before its last day from which a lot is shown as near it. */
export const NEAR_DAYS = 90;

export const day = (at: Date): string => new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);

function stateOf(row: StockView, near: string): State {
  if (row.recalled > 0 || (row.recalls?.length ?? 0) > 0) return "recalled";
  const until = row.expiry && row.expiry !== "none" ? row.expiry : "~";
  const opened = row.parts?.some(({ count }) => count > 0) ?? false;
  if (row.expired > 0 || row.parts?.some(({ expired }) => expired > 0)) return "expired";
  // A vial whose monitor is at stage 3 or 4 is thrown away.
  if ((row.vvm ?? 0) >= 3 && (row.onHand > 0 || opened)) return "spoilt";
  if (row.onHand < 0 || row.parts?.some(({ count }) => count < 0)) return "missing";
  if (row.onHand === 0 && !opened) return "coming";
  if (until <= near) return "near";
  return row.hold > 0 || row.parts?.some(({ hold }) => hold > 0) ? "held" : "fine";
}

type Kept = Row & { folded: string };

const text = new Intl.Collator("vi", { numeric: true });

export class Rows {
  #rows: Kept[] = [];
  #ranks = new Map<string, number>();
  /** The last questions with their answers. */
  #found = new Map<string, readonly Kept[]>();
  /** Counts up with each change. */
  version = 0;

  constructor(readonly nameOf: (product: string) => string) {}

  #made(row: StockView, near: string): Kept {
    const product = row.product ? `${row.product.scheme}:${row.product.value}` : "";
    const name = this.nameOf(product);
    const lot = row.lot ?? "";
    return {
      product,
      name,
      lot,
      expiry: row.expiry ?? "",
      wholeMonth: row.expiryWholeMonth,
      store: row.store ?? "",
      fund: row.fund ?? "",
      vvm: row.vvm ?? 0,
      onHand: row.onHand,
      available: row.available,
      hold: row.hold,
      coming: row.inTransitIn - (row.refusedIn ?? 0),
      parts: row.parts ?? [],
      state: stateOf(row, near),
      recalls: (row.recalls ?? []).map((recall) => ({ class: recall.class, notice: recall.notice })),
      folded: fold(`${name} ${product} ${lot}`),
    };
  }

  /** Takes all of the stock anew, or that of some products in the place of what was known of them. */
  take(stock: readonly StockView[], now: Date, products?: ReadonlySet<string>): void {
    // The last day that is near.
    const near = day(new Date(now.getTime() + NEAR_DAYS * 86_400_000));
    const made = stock.map((row) => this.#made(row, near));
    if (products) {
      const gone = new Set([...products, ...made.map((row) => row.product)]);
      this.#rows = this.#rows.filter((row) => !gone.has(row.product)).concat(made);
    } else this.#rows = made;
    const names = [...new Set(this.#rows.map((row) => row.name))];
    // Comparing names is slow: once for each name, not for each row.
    if (names.some((name) => !this.#ranks.has(name))) {
      this.#ranks = new Map(names.sort(text.compare).map((name, rank) => [name, rank]));
    }
    this.#found.clear();
    this.version += 1;
  }

  get all(): readonly Row[] {
    return this.#rows;
  }

  /** The rows of a question in its order; asked for again, they are as they were. */
  found({ words, states, sort, down }: Omit<Query, "offset" | "limit">): readonly Kept[] {
    const of = JSON.stringify([words, states, sort, down]);
    const before = this.#found.get(of);
    if (before) return before;
    const typed = wordsOf(words);
    const found = this.#rows.filter(
      (row) => (states.length === 0 || states.includes(row.state)) && holds(row.folded, typed),
    );
    const order = found.sort(this.#by(sort, down));
    if (this.#found.size > 3) this.#found.clear();
    this.#found.set(of, order);
    return order;
  }

  view({ offset, limit, ...question }: Query): View {
    const order = this.found(question);
    const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>;
    for (const row of this.#rows) counts[row.state] += 1;
    const rows = order.slice(offset, offset + limit).map(({ folded: _, ...row }) => row);
    return { rows, total: order.length, all: this.#rows.length, counts };
  }

  #by(sort: Sort, down: boolean): (a: Kept, b: Kept) => number {
    const rank = (row: Kept) => this.#ranks.get(row.name) ?? 0;
    const plain = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
    const first: Record<Sort, (a: Kept, b: Kept) => number> = {
      name: (a, b) => rank(a) - rank(b),
      lot: (a, b) => plain(a.lot, b.lot),
      // Without an expiry last.
      expiry: (a, b) => plain(a.expiry || "~", b.expiry || "~"),
      available: (a, b) => a.available - b.available,
      state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state),
    };
    const by = first[sort];
    const turn = down ? -1 : 1;
    return (a, b) => turn * by(a, b) || rank(a) - rank(b) || plain(a.expiry, b.expiry) || plain(a.lot, b.lot) || plain(a.store, b.store);
  }
}
