/** The sample pharmacy's files, as the build packed them. */

interface Index {
  /** The day that it stands at, in milliseconds. */
  at: number;
  files: { name: string; length: number }[];
}

export interface Sample {
  at: number;
  files: { name: string; bytes: Uint8Array }[];
  /** The list of products that gives names. */
  names: Uint8Array;
}

/** `length u32 LE │ index (JSON) │ files one behind the other`; the last one is the list of products. */
export async function sampleFiles(url: string): Promise<Sample> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const index = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Index;
  let at = 4 + length;
  const all = index.files.map(({ name, length }) => {
    const part = bytes.slice(at, at + length);
    at += length;
    return { name, bytes: part };
  });
  const names = all.pop()?.bytes ?? new Uint8Array();
  return { at: index.at, files: all, names };
}
