/** Lists of any length: the rows in sight are fetched from the worker in pieces, those around them ahead. */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const CHUNK = 100;
const NARROW = "(max-width: 46rem)";

interface Part<T> {
  rows: T[];
  total: number;
}

/**
 * The rows of a question, in pieces. Where only what they are made of changed (`version`), what is shown stays until its
 * new piece is here; `before` is shown until the first one is.
 */
export function useRows<V extends Part<unknown>>(question: string, version: string | number, ask: (offset: number, limit: number) => Promise<V>, before?: V) {
  type T = V["rows"][number];
  const [view, show] = useState<{ question: string; head: V; chunks: Map<number, T[]> }>();
  const of = `${question} ${version}`;
  const asked = useRef(new Set<string>());
  const latest = useRef({ of, question });
  latest.current = { of, question };
  const fetch = (chunk: number) => {
    const key = `${of} ${chunk}`;
    if (asked.current.has(key)) return;
    asked.current.add(key);
    void ask(chunk * CHUNK, CHUNK).then((head) => {
      if (latest.current.of !== of) return;
      show((old) => {
        const chunks = old?.question === question ? new Map(old.chunks) : new Map<number, T[]>();
        chunks.set(chunk, head.rows);
        return { question, head, chunks };
      });
    }, () => void asked.current.delete(key));
  };
  const head = view?.head ?? before;
  return {
    head,
    /** Whether it is what the device says, not what was there before. */
    fresh: view !== undefined,
    total: head?.total ?? 0,
    rowAt: (index: number): T | undefined => (view ? view.chunks.get(Math.floor(index / CHUNK))?.[index % CHUNK] : before?.rows[index]),
    fetch,
    of,
  };
}

/** Which of so many rows of one height are in sight. */
export function useInSight({ total, fetch, of }: { total: number; fetch: (chunk: number) => void; of: string }, wide: number, narrow: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const [range, see] = useState({ first: 0, last: 30, before: 0, after: 0 });
  const virtual = useRef<Virtualizer<HTMLDivElement, HTMLElement> | undefined>(undefined);
  const [height, size] = useState(() => (matchMedia(NARROW).matches ? narrow : wide));
  const options = () => ({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => (matchMedia(NARROW).matches ? narrow : wide),
    overscan: 8,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: (instance: Virtualizer<HTMLDivElement, HTMLElement>) => {
      const items = instance.getVirtualItems();
      const [head, tail] = [items[0], items.at(-1)];
      const next = head && tail ? { first: head.index, last: tail.index, before: head.start, after: instance.getTotalSize() - tail.end } : { first: 0, last: -1, before: 0, after: 0 };
      see((old) => (Object.keys(next).every((key) => old[key as keyof typeof old] === next[key as keyof typeof next]) ? old : next));
    },
  });
  useLayoutEffect(() => {
    virtual.current = new Virtualizer(options());
    const end = virtual.current._didMount();
    virtual.current._willUpdate();
    const media = matchMedia(NARROW);
    const measure = () => {
      size(media.matches ? narrow : wide);
      virtual.current?.measure();
    };
    media.addEventListener("change", measure);
    return () => {
      media.removeEventListener("change", measure);
      end();
    };
  }, []);
  useLayoutEffect(() => {
    const instance = virtual.current;
    if (!instance) return;
    instance.setOptions(options());
    instance._willUpdate();
    instance.measure();
    options().onChange(instance);
  }, [total]);
  // Not after the paint: what is asked for now is here a frame sooner.
  useLayoutEffect(() => {
    const last = Math.max(range.last, 0);
    for (let chunk = Math.max(0, Math.floor(range.first / CHUNK) - 1); chunk <= Math.floor(last / CHUNK) + 1; chunk++) {
      if (chunk === 0 || chunk * CHUNK < total) fetch(chunk);
    }
  }, [of, range.first, range.last, total]);
  const shown: number[] = [];
  for (let index = range.first; index <= Math.min(range.last, total - 1); index++) shown.push(index);
  return { scroller, range, shown, height };
}
