/** A stock-take under way: what was counted and what is only typed, kept so that a tab that is killed loses neither. */
import type { MovementInput, PartsOf } from "medlot";
import { fold, holds, wordsOf } from "./fold.js";
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

/** A lot at its place, as it is counted: what is held back stands apart. */
export interface Shelf extends Omit<Row, "available" | "hold" | "coming"> {
  held: boolean;
}

interface Kept {
  draft?: Draft;
  /** What was counted in all, and whether it isn't what was on record. */
  total?: string;
  differs?: boolean;
  /**
   * The lot as it was then: one that is counted as gone is in no stock any more, and nor is what stands beside it under
   * another fund or stage until it is counted too.
   */
  shelf?: Shelf;
}

export const ONLY = ["all", "open", "counted", "differs"] as const;
export type Only = (typeof ONLY)[number];

export interface CountRow {
  key: string;
  shelf: Shelf;
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

export const keyOf = ({ product, lot, store, fund, vvm, held }: Shelf): string => [product, lot, store, fund, vvm, held ? "hold" : ""].join("|");

/** What is counted of a row of the stock. */
export function shelvesOf({ available: _, hold, coming: __, folded: ___, ...row }: Row & { folded?: string }): Shelf[] {
  const shelves: Shelf[] = [];
  const [open, heldOpen] = [row.parts.filter(({ hold }) => hold === 0), row.parts.filter(({ hold }) => hold !== 0)];
  if (row.onHand !== hold || open.length > 0) shelves.push({ ...row, onHand: row.onHand - hold, parts: open, held: false });
  if (hold !== 0 || heldOpen.length > 0) shelves.push({ ...row, onHand: hold, parts: heldOpen, held: true });
  return shelves;
}

/** Some of what stands there, as a line of a movement. */
export const shelfLine = (shelf: Shelf, quantity: string): MovementInput => ({ ...lineOf(shelf, quantity), ...(shelf.held && { from: "hold" }) });

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

  /** Notes what stands beside what is about to be counted of a lot. */
  async beside({ product, lot }: { product: string; lot: string }, own = ""): Promise<void> {
    const beside = this.#shelves("").filter((shelf) => shelf.product === product && shelf.lot === lot && keyOf(shelf) !== own);
    for (const shelf of beside) if (!this.#lots.get(keyOf(shelf))?.shelf) await this.#put(keyOf(shelf), { shelf });
  }

  /** Notes what was recorded of a lot. */
  took(shelf: Shelf, quantity: string): Promise<void> {
    const key = keyOf(shelf);
    const total = sum(this.#lots.get(key)?.total, quantity);
    return this.#put(key, { shelf, total, differs: !agrees(total, shelf.onHand, shelf.parts), draft: { units: "", parts: "" } });
  }

  /** What is typed and isn't recorded, as lines of the count; what is no quantity is left out. */
  drafts(): { shelf: Shelf; quantity: string }[] {
    return this.#shelves("").flatMap((shelf) => {
      const { draft } = this.#lots.get(keyOf(shelf)) ?? {};
      const quantity = draft && quantityOf(draft, this.#form(shelf));
      return quantity === undefined ? [] : [{ shelf, quantity }];
    });
  }

  /** What stands here, and how units of it are divided: worked out once for each change of the stock. */
  #known: { of: string; here: Set<string>; forms: Map<string, Form> } | undefined;
  #stand() {
    const { store, product } = this.going;
    const of = JSON.stringify([this.rows.version, store, product]);
    if (this.#known?.of !== of) {
      const forms = new Map<string, Form>();
      for (const { product, parts: [form] } of this.rows.all) if (form) forms.set(product, form);
      this.#known = { of, here: new Set(this.#found("").map(keyOf)), forms };
      this.#asked.clear();
    }
    return this.#known;
  }

  #form(shelf: Shelf): Form | undefined {
    return shelf.parts[0] ?? (shelf.held ? undefined : this.#stand().forms.get(shelf.product));
  }

  #found(words: string): Shelf[] {
    const { store, product } = this.going;
    return this.rows
      .found({ words, states: [], sort: "name", down: false })
      .filter((row) => row.store === store && (!product || row.product === product))
      .flatMap(shelvesOf);
  }

  #asked = new Map<string, Shelf[]>();
  #shelves(words: string): Shelf[] {
    const { here } = this.#stand();
    let found = this.#asked.get(words);
    if (!found) {
      if (this.#asked.size > 3) this.#asked.clear();
      this.#asked.set(words, (found = this.#found(words)));
    }
    const typed = wordsOf(words);
    const gone = [...this.#lots.values()].flatMap(({ shelf }) => (shelf && !here.has(keyOf(shelf)) && holds(fold(`${shelf.name} ${shelf.product} ${shelf.lot}`), typed) ? [shelf] : []));
    return gone.length > 0 ? [...found, ...gone] : found;
  }

  view({ words, only, offset, limit }: { words: string; only: Only; offset: number; limit: number }): CountView {
    const all = this.#shelves(words);
    const known = (shelf: Shelf) => this.#lots.get(keyOf(shelf));
    const wanted: Record<Only, (shelf: Shelf) => boolean> = {
      all: () => true,
      open: (shelf) => known(shelf)?.total === undefined,
      counted: (shelf) => known(shelf)?.total !== undefined,
      differs: (shelf) => known(shelf)?.differs === true,
    };
    const found = only === "all" ? all : all.filter(wanted[only]);
    const rows = found.slice(offset, offset + limit).map((shelf) => {
      const { draft, total } = known(shelf) ?? {};
      return { key: keyOf(shelf), shelf, form: this.#form(shelf), draft, total };
    });
    return { rows, total: found.length, all: words ? this.#shelves("").length : all.length, counted: this.counted, typed: this.#typed };
  }

  /** A lot as a line of the count: its store is the count's. */
  line(shelf: Shelf, quantity: string): MovementInput {
    const { store: _, ...line } = shelfLine(shelf, quantity);
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
