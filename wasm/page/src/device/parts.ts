/** Quantities with parts of opened units: `7/10 piece` are seven of the ten pieces of a unit, exactly. */
import type { MovementInput, PartsOf, PickLine, StockView } from "medlot";

export const MEASURES = ["piece", "dose", "ml", "g", "IU"] as const;

/** How a unit is divided. */
export interface Form {
  perUnit: number;
  measure: string;
}

export interface Split extends Form {
  parts: number;
}

/** What a quantity says: whole units, or parts and how they are divided. */
export function split(quantity: string): number | Split | undefined {
  if (/^\d{1,9}$/.test(quantity)) return Number(quantity);
  const [, parts, perUnit, measure = ""] = /^(\d{1,9})\/(\d{1,5}) ([A-Za-z]+(?:-\d+)?)$/.exec(quantity) ?? [];
  return parts === undefined ? undefined : { parts: Number(parts), perUnit: Number(perUnit), measure };
}

export const same = (form: Form, other: Form): boolean => form.perUnit === other.perUnit && form.measure === other.measure;

/** Opened units of a row in one form. */
export const openedOf = (parts: readonly PartsOf[] | undefined, form: Form): number => parts?.find((part) => same(part, form))?.count ?? 0;

export interface Taken extends Omit<PickLine, "quantity"> {
  /** As a movement names it. */
  quantity: string;
}

/**
 * From which lots to take parts: in the order of the stock, which is what goes first, nothing recalled, expired, held or
 * spoilt; an opened unit before a whole one of its lot. `opened`: only what is opened, whatever may be done with it.
 */
export function takeParts(rows: readonly StockView[], { parts, ...form }: Split, today: string, opened: boolean): { lines: Taken[]; missing: string } {
  const lines: Taken[] = [];
  let left = parts;
  for (const row of rows) {
    if (left === 0) break;
    const usable = !row.recalls?.length && !(row.expiry && row.expiry < today) && (row.vvm ?? 0) < 3;
    // Of what is opened nobody says whether it is held: where a part of the lot is, whole units alone are sure.
    const open = row.hold > 0 && !opened ? 0 : Math.max(0, openedOf(row.parts, form));
    const here = opened ? open : usable ? row.available * form.perUnit + open : 0;
    const taken = Math.min(left, here);
    if (taken === 0) continue;
    left -= taken;
    const { product, lot, expiry, store, fund, vvm } = row;
    lines.push({ product, lot, expiry: row.expiryWholeMonth ? expiry?.slice(0, 7) : expiry, store, fund, vvm, quantity: written(taken, form) });
  }
  return { lines, missing: left > 0 ? written(left, form) : "" };
}

export const written = (parts: number, { perUnit, measure }: Form): string => `${parts}/${perUnit} ${measure}`;

/** A line of a proposal as a movement. */
export const movementOf = (line: Taken, reason: string): MovementInput => ({
  ...(line.product && { product: `${line.product.scheme}:${line.product.value}` }),
  lot: line.lot ?? "none",
  ...(line.expiry && { expiry: line.expiry }),
  ...(line.store && { store: line.store }),
  ...(line.fund && { fund: line.fund }),
  ...(line.vvm && { vvm: line.vvm }),
  quantity: line.quantity,
  reason,
});
