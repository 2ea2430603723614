/** Quantities with parts of opened units: `7/10 piece` are seven of the ten pieces of a unit, exactly. */
import type { MovementInput, PartsOf, PickLine } from "medlot";

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

export const written = (parts: number, { perUnit, measure }: Form): string => `${parts}/${perUnit} ${measure}`;

/** A line of a proposal as a movement. */
export const movementOf = (line: PickLine, reason: string): MovementInput => ({
  ...(line.product && { product: `${line.product.scheme}:${line.product.value}` }),
  lot: line.lot ?? "none",
  ...(line.expiry && { expiry: line.expiryWholeMonth ? line.expiry.slice(0, 7) : line.expiry }),
  ...(line.store && { store: line.store }),
  ...(line.fund && { fund: line.fund }),
  ...(line.vvm && { vvm: line.vvm }),
  quantity: line.take,
  reason,
});
