/** What crosses between the page and its worker. */
import type { Said } from "medlot";

/** Which device the page has: a pharmacy's own one, or the sample. */
export type Which = "own" | "sample";

export interface Standing {
  /** `none`: nothing is here yet; `busy`: another tab has it; `joining`: it waits to be enrolled. */
  state: "none" | "busy" | "joining" | "ready";
  which: Which;
  facility: string;
  records: number;
  unsealed: number;
  readOnly: boolean;
  /** Whether the key is enrolled: else its request waits for the authority. */
  enrolled: boolean;
  /** Now, in milliseconds: of the sample a day that stands still. */
  now: number;
}

export type Step = "read" | "open" | "verify" | "send" | "receive";

/** What the worker says without being asked. */
export type Event =
  | { event: "progress"; step: Step; part: number }
  | { event: "changed" }
  | { event: "timed"; name: string; duration: number; detail: Record<string, number> };

export interface Asked {
  id: number;
  name: string;
  args: unknown[];
}

export type Reply = { id: number; value: unknown } | { id: number; error: Said } | { id: number; message: string };
