/** Codes in pictures: the decoder is fetched when the first picture comes. */
const waiting = new Map<number, (texts: string[] | Error) => void>();
let worker: Worker | undefined;
let next = 0;

export function decoded(picture: ImageData | Blob): Promise<string[]> {
  if (!worker) {
    worker = new Worker(new URL("./decode.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<{ id: number; texts?: string[]; failed?: string }>) => {
      waiting.get(data.id)?.(data.texts ?? new Error(data.failed));
      waiting.delete(data.id);
    };
  }
  const id = next++;
  worker.postMessage({ id, picture });
  return new Promise((resolve, reject) => {
    waiting.set(id, (texts) => (texts instanceof Error ? reject(texts) : resolve(texts)));
  });
}
