/**
 * The stock as it was left, kept to be shown at once while the device is opened and everything is verified: the first rows
 * as the table begins. It is said to be that, and nothing is done by it.
 */
import { device } from "./device/client.js";
import type { Which } from "./device/protocol.js";
import type { View } from "./device/rows.js";

const KEPT = "medlot.last";
const ROWS = 40;

export interface Last {
  which: Which;
  facility: string;
  /** When, in milliseconds. */
  at: number;
  view: View;
}

export function last(which: Which | undefined): Last | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null") as Last | null;
    return kept && kept.which === which ? kept : undefined;
  } catch {
    return undefined;
  }
}

export const forgetLast = (): void => localStorage.removeItem(KEPT);

let timer: ReturnType<typeof setTimeout> | undefined;

/** Keeps it a moment after the stock changed. */
export function keepLast(of: () => Omit<Last, "view"> | undefined): void {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const now = of();
    if (!now) return;
    try {
      const view = await device.view({ words: "", states: [], sort: "name", down: false, offset: 0, limit: ROWS });
      localStorage.setItem(KEPT, JSON.stringify({ ...now, view } satisfies Last));
    } catch {
      // Nothing is lost: the next visit waits until the device is open.
      forgetLast();
    }
  }, 700);
}
