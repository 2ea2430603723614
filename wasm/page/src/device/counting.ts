/** A stock-take under way: what was counted and what is only typed, kept so that a tab that is killed loses neither. */
import type { PartsOf } from "medlot";
import { forgetAll, keep, keptAll } from "./kept.js";
import { openedOf, same, split, written, type Form } from "./parts.js";
import type { Which } from "./protocol.js";
import { lineOf, type Row, type Rows } from "./rows.js";

/** What is counted, and how. */
export interface Going {
  begin: number;
  blind: boolean;
  store: string;
  product: string;
}

/** What stands in a lot's fields and isn't recorded. */
export interface Draft {
  units: string;
  parts: string;
}

interface Kept {
  draft?: Draft;
  /** What was counted in all, and whether it isn't what was on record. */
  total?: string;
  differs?: boolean;
  /** The lot as it was then: one that is counted as gone is in no stock any more. */
  row?: Row;
}

export const ONLY = ["all", "open", "counted", "differs"] as const;
export type Only = (typeof ONLY)[number];

export interface CountRow {
  key: string;
  row: Row;
  form: Form | undefined;
  draft: Draft | undefined;
  total: string | undefined;
}

export interface CountView {
  rows: CountRow[];
  total: number;
  all: number;
  counted: number;
  typed: number;
}

export const keyOf = (row: Row): string => [row.product, row.lot, row.store, row.fund, row.vvm].join("|");

/** What was counted of one lot on several shelves adds up. */
function sum(before: string | undefined, more: string): string {
  const [a, b] = [split(before ?? "0") ?? 0, split(more) ?? 0];
  if (typeof a === "number" && typeof b === "number") return String(a + b);
  const form = typeof a === "number" ? b : a;
  if (typeof form === "number" || (typeof a !== "number" && typeof b !== "number" && !same(a, b))) return more;
  const parts = (one: typeof a) => (typeof one === "number" ? one * form.perUnit : one.parts);
  return written(parts(a) + parts(b), form);
}

/** Whether so much is what is on record. */
function agrees(total: string, onHand: number, parts: readonly PartsOf[]): boolean {
  const said = split(total);
  if (typeof said === "object") return said.parts === onHand * said.perUnit + openedOf(parts, said);
  return said === onHand && parts.every(({ count }) => count === 0);
}

export class Counting {
  #going: Going | undefined;
  #lots = new Map<string, Kept>();
  #of: Which | undefined;

  constructor(readonly rows: Rows) {}

  /** The count that is under way in a device. */
  async of(which: Which): Promise<Going | undefined> {
    if (this.#of !== which) {
      const all = await keptAll(this.#name(which));
      this.#going = all.get("") as Going | undefined;
      all.delete("");
      this.#lots = all as Map<string, Kept>;
      this.#of = which;
    }
    return this.#going;
  }

  #name = (which: Which | undefined): string => `count:${which}:`;

  async begin(which: Which, going: Going): Promise<Going> {
    await this.end(which);
    await keep(this.#name(which), going);
    this.#going = going;
    return going;
  }

  async end(which: Which): Promise<void> {
    await this.of(which);
    await forgetAll(this.#name(which));
    this.#lots.clear();
    this.#going = undefined;
  }

  get going(): Going {
    if (!this.#going) throw new Error("no count is under way");
    return this.#going;
  }

  get counted(): number {
    return [...this.#lots.values()].filter(({ total }) => total !== undefined).length;
  }

  get #typed(): number {
    return [...this.#lots.values()].filter(({ draft }) => draft && draft.units + draft.parts !== "").length;
  }

  async #put(key: string, change: Kept): Promise<void> {
    const kept = { ...this.#lots.get(key), ...change };
    this.#lots.set(key, kept);
    await keep(this.#name(this.#of) + key, kept);
  }

  /** Keeps what is typed as it is typed. */
  draft(key: string, draft: Draft): Promise<void> {
    return this.#put(key, { draft });
  }

  /** Notes what was recorded of a lot. */
  took(row: Row, quantity: string): Promise<void> {
    const key = keyOf(row);
    const total = sum(this.#lots.get(key)?.total, quantity);
    return this.#put(key, { row, total, differs: !agrees(total, row.onHand, row.parts), draft: { units: "", parts: "" } });
  }

  /** What is typed and isn't recorded, as lines of the count; what is no quantity is left out. */
  drafts(): { row: Row; quantity: string }[] {
    return this.#rows("").flatMap((row) => {
      const { draft } = this.#lots.get(keyOf(row)) ?? {};
      const quantity = draft && quantityOf(draft, this.#form(row));
      return quantity === undefined ? [] : [{ row, quantity }];
    });
  }

  #forms = new Map<string, Form>();
  #form(row: Row): Form | undefined {
    if (this.#keys?.version !== this.rows.version) for (const { product, parts } of this.rows.all) if (parts[0]) this.#forms.set(product, parts[0]);
    return row.parts[0] ?? this.#forms.get(row.product);
  }

  #keys: { version: number; all: Set<string> } | undefined;
  /** Lots of which something stands here. */
  #here(): Set<string> {
    if (this.#keys?.version !== this.rows.version) {
      const all = this.rows.all.filter((row) => row.onHand !== 0 || row.parts.length > 0).map(keyOf);
      this.#keys = { version: this.rows.version, all: new Set(all) };
    }
    return this.#keys.all;
  }

  #rows(words: string): readonly Row[] {
    const { store, product } = this.going;
    const found: Row[] = this.rows.found({ words, states: [], sort: "name", down: false }).filter((row) => row.store === store && (!product || row.product === product) && (row.onHand !== 0 || row.parts.length > 0));
    if (words) return found;
    const here = this.#here();
    for (const [key, { row }] of this.#lots) if (row && !here.has(key)) found.push(row);
    return found;
  }

  view(query: { words: string; only: Only; offset: number; limit: number }): CountView {
    const all = this.#rows(query.words);
    const known = (row: Row) => this.#lots.get(keyOf(row));
    const wanted: Record<Only, (row: Row) => boolean> = {
      all: () => true,
      open: (row) => known(row)?.total === undefined,
      counted: (row) => known(row)?.total !== undefined,
      differs: (row) => known(row)?.differs === true,
    };
    const found = query.only === "all" ? all : all.filter(wanted[query.only]);
    const rows = found.slice(query.offset, query.offset + query.limit).map((row) => {
      const { draft, total } = known(row) ?? {};
      const { folded: _, ...plain } = row as Row & { folded?: string };
      return { key: keyOf(row), row: plain, form: this.#form(row), draft, total };
    });
    return { rows, total: found.length, all: query.words ? this.#rows("").length : all.length, counted: this.counted, typed: this.#typed };
  }

  /** A lot as a line of the count: its store is the count's. */
  line(row: Row, quantity: string) {
    const { store: _, ...line } = lineOf(row, quantity);
    return line;
  }
}

/** What was typed as a quantity; 0 is one. */
export function quantityOf({ units, parts }: Draft, form: Form | undefined): string | undefined {
  const whole = (text: string) => /^\d{1,9}$/.test(text);
  if (units === "" && parts === "") return undefined;
  if (!(units === "" || whole(units)) || !(parts === "" || whole(parts))) return undefined;
  if (parts === "") return String(Number(units));
  return form && written(Number(units) * form.perUnit + Number(parts), form);
}
