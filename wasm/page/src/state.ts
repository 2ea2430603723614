/** What the whole page knows: how the device stands, where one is, what is to be said. */
import { useEffect, useState } from "preact/hooks";
import { device, Failure, listen } from "./device/client.js";
import type { Standing, Step, Which } from "./device/protocol.js";
import { forgetLast, keepLast, last, type Last } from "./last.js";
import { onSpoken, spoken, t } from "./words/words.js";

const DEVICE = "medlot.device";

export interface Notice {
  id: number;
  kind: "done" | "failed";
  text: string;
}

interface State {
  standing: Standing | undefined;
  progress: { step: Step; part: number } | undefined;
  notices: Notice[];
  /** Counts up with each change of the stock. */
  version: number;
  /** The stock as the last visit left it. */
  before: Last | undefined;
  /** Everything is stored for use without a network. */
  offline: boolean;
  /** A newer build waits. */
  newer: (() => void) | undefined;
  route: string[];
}

const route = (): string[] => location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);

let state: State = {
  standing: undefined,
  progress: undefined,
  notices: [],
  version: 0,
  before: last(chosen()),
  offline: false,
  newer: undefined,
  route: route(),
};
const listeners = new Set<() => void>();

export function set(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const listener of [...listeners]) listener();
}

export function useStore(): State {
  const [, again] = useState(0);
  useEffect(() => {
    const listener = () => again((count) => count + 1);
    listeners.add(listener);
    const spoke = onSpoken(listener);
    return () => {
      listeners.delete(listener);
      spoke();
    };
  }, []);
  return state;
}

addEventListener("hashchange", () => set({ route: route() }));

listen((event) => {
  if (event.event === "changed") {
    set({ version: state.version + 1 });
    keepLast(() => {
      const { standing } = state;
      return standing?.state === "ready" ? { which: standing.which, facility: standing.facility, at: standing.now } : undefined;
    });
  }
  else if (event.event === "timed") performance.measure(event.name, { start: performance.now() - event.duration, duration: event.duration, detail: event.detail });
  else set({ progress: event.part >= 1 ? undefined : event });
});

let notices = 0;

export function say(kind: Notice["kind"], text: string): void {
  const id = notices++;
  set({ notices: [...state.notices.slice(-2), { id, kind, text }] });
  if (kind === "done") setTimeout(() => unsay(id), 6000);
}

export const unsay = (id: number): void => set({ notices: state.notices.filter((notice) => notice.id !== id) });

/** What went wrong, in the language that is spoken; in Vietnamese the library's words, with what it names behind. */
export function reason(error: unknown): string {
  if (error instanceof Failure) {
    const { vietnamese, message, field } = error.said;
    if (/QuotaExceeded/.test(message)) return t("failed.full");
    return spoken() === "vi" ? `${vietnamese}${field ? ` (${field})` : ""}` : message;
  }
  const text = error instanceof Error ? error.message : String(error);
  return t("failed.other", { why: text });
}

/** Does it; says what went wrong. Gives whether it went well. */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    say("failed", reason(error));
    set({ progress: undefined });
    // A device that couldn't store what it wrote has ended: it is opened anew from what is stored.
    if (error instanceof Failure && error.said.codeName === "file" && state.standing?.state === "ready") {
      await device.close().catch(() => undefined);
      await begin(state.standing.which, true);
    }
    return false;
  }
}

export function go(path: string): void {
  location.hash = `#/${path}`;
}

export const lotPath = (product: string, lot: string): string => `lot/${encodeURIComponent(product)}/${encodeURIComponent(lot || "none")}`;

/** Which device this browser has, if any. */
export function chosen(): Which | undefined {
  const kept = localStorage.getItem(DEVICE);
  return kept === "own" || kept === "sample" ? kept : undefined;
}

export function choose(which: Which | undefined): void {
  if (which) localStorage.setItem(DEVICE, which);
  else {
    localStorage.removeItem(DEVICE);
    forgetLast();
  }
}

// One tab works at a time: who wants it says so, who has it lets go.
const tabs = new BroadcastChannel("medlot-tabs");
tabs.onmessage = ({ data }: MessageEvent<string>) => {
  if (data !== "wanted" || state.standing?.state === undefined || state.standing.state === "busy") return;
  void device.close().then(() => state.standing && set({ standing: { ...state.standing, state: "busy" } }));
};

/** Opens the device of a name. */
export async function begin(which: Which, wait = false): Promise<void> {
  if (wait) tabs.postMessage("wanted");
  await attempt(async () => {
    const standing = await device.start(which, wait);
    set({ standing, progress: undefined });
  });
}

export async function renewStanding(): Promise<void> {
  set({ standing: await device.standing() });
}
