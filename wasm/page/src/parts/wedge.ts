/**
 * A scanner that types. Its separator comes as a control character that no field takes, and it types wherever the cursor
 * happens to be: its keys are watched, so that a scan reaches the screen whole and nothing of it stays in a field.
 */
import { useEffect, useRef } from "preact/hooks";

/** The GS1 separator, ASCII 29. */
const GS = "\u001d";
/** Longer between two keys, in milliseconds, and it is no scanner. */
const GAP = 80;
/** What was scanned waits so long for a screen that takes it. */
const PATIENCE = 5000;

export type Scanned = "pack" | "object";

interface Taker {
  scanned: Scanned;
  take: (text: string) => void;
}

const takers: Taker[] = [];
let waiting: { scanned: Scanned; text: string; until: number } | undefined;

/** What the scanner sends for the separator where it can't send it: kept under this name. */
export const SUBSTITUTE = "medlot.gs";

/**
 * Takes what is scanned anywhere on the page while a part of it is shown: the one that came last does. `otherwise`: only
 * where nobody else does.
 */
export function useScanner(scanned: Scanned, take: (text: string) => void, otherwise = false): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const taker = { scanned, take: (text: string) => latest.current(text) };
    if (otherwise) takers.unshift(taker);
    else takers.push(taker);
    if (waiting?.scanned === scanned && Date.now() < waiting.until) {
      const { text } = waiting;
      waiting = undefined;
      taker.take(text);
    }
    return () => void takers.splice(takers.indexOf(taker), 1);
  }, [scanned]);
}

/** Keeps a scan for the screen that comes next. */
export function handOn(scanned: Scanned, text: string): void {
  waiting = { scanned, text, until: Date.now() + PATIENCE };
}

const OBJECT = /^(MEDLOT1:|UR:MEDLOT\/)/i;
/** Symbology and AI, or an article number; what is longer than any of these no hand types so fast. */
const PACK = /^(\][A-Za-z]\d)?(\(\d{2,4}\)|0[01]\d{14}|\d{12,14}$)|^.{20,}$/;

const sortOf = (text: string): Scanned | undefined => (OBJECT.test(text) ? "object" : text.includes(GS) || PACK.test(text) ? "pack" : undefined);

type Field = HTMLInputElement | HTMLSelectElement;

interface Burst {
  text: string;
  last: number;
  /** Where it is typed into, and what stood there before. */
  field: Field | undefined;
  before: string;
  timer: ReturnType<typeof setTimeout> | undefined;
}

let burst: Burst | undefined;
/** Digits typed on the number pad while Alt is held: so Windows writes a character by its number. */
let byNumber = "";

const fieldOf = (element: Element | null): Field | undefined =>
  element instanceof HTMLSelectElement || (element instanceof HTMLInputElement && !["checkbox", "file"].includes(element.type)) ? element : undefined;

const isScanField = (field: Field | undefined): field is HTMLInputElement => field instanceof HTMLInputElement && field.dataset["scanner"] === "yes";

const isSeparator = ({ key, code, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean =>
  key === GS || (ctrlKey && !altKey && !metaKey && (key === "]" || code === "BracketRight"));

/** A field as it was, its listeners told. */
function restore({ field, before }: Burst): void {
  if (!field || field.value === before) return;
  field.value = before;
  field.dispatchEvent(new Event(field instanceof HTMLSelectElement ? "change" : "input", { bubbles: true }));
}

/** Gives a scan to who takes it; gives whether it was one. */
function end(given: Burst): boolean {
  clearTimeout(given.timer);
  const scanned = sortOf(given.text);
  const taker = takers.findLast((taker) => taker.scanned === scanned);
  if (!scanned || !taker) return false;
  restore(given);
  taker.take(given.text);
  return true;
}

function add(character: string, at: number): Burst {
  if (!burst || at - burst.last > GAP) {
    clearTimeout(burst?.timer);
    const field = fieldOf(document.activeElement);
    burst = { text: "", last: at, field, before: field?.value ?? "", timer: undefined };
  }
  burst.text += character;
  burst.last = at;
  return burst;
}

function separator(at: number): void {
  const now = add(GS, at);
  if (isScanField(now.field)) {
    const field = now.field;
    field.setRangeText(GS, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  // A scanner that ends with no key: what holds a separator is a scan all the same.
  const ended = () => {
    if (burst !== now) return;
    if (performance.now() - now.last < 3 * GAP) return void (now.timer = setTimeout(ended, GAP));
    burst = undefined;
    end(now);
  };
  now.timer ??= setTimeout(ended, 3 * GAP);
}

function pressed(event: KeyboardEvent): void {
  const { key, code, altKey, ctrlKey, metaKey, timeStamp } = event;
  if (event.isComposing || event.repeat) return;
  if (isSeparator(event)) {
    event.preventDefault();
    return separator(timeStamp);
  }
  if (altKey && /^Numpad\d$/.test(code)) {
    byNumber += code.slice(6);
    return;
  }
  if (["Shift", "Control", "Alt", "AltGraph", "CapsLock", "NumLock"].includes(key)) return;
  if (key.length === 1 && !ctrlKey && !metaKey) {
    const { field, text } = add(key, timeStamp);
    // A space in a code presses no button.
    if (!field && text.length > 3) event.preventDefault();
    return;
  }
  const given = burst;
  burst = undefined;
  if (!given || timeStamp - given.last > GAP || !["Enter", "Tab"].includes(key)) return;
  if (isScanField(given.field)) {
    if (key !== "Tab" || !sortOf(given.text)) return;
    event.preventDefault();
    given.field.form?.requestSubmit();
  } else if (end(given)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function released({ key, timeStamp }: KeyboardEvent): void {
  if (key !== "Alt") return;
  if (Number(byNumber) === GS.charCodeAt(0)) separator(timeStamp);
  byNumber = "";
}

/** Watches the keys: before any field does. */
export function watchScanner(): void {
  addEventListener("keydown", pressed, { capture: true });
  addEventListener("keyup", released, { capture: true });
}
