/** The worker's own script: does what the page asks, one after the other. */
import type { Asked, Reply } from "./client.js";
import { failure, MedlotError } from "./error.js";
import * as medlot from "./index.js";

type Method = (...args: unknown[]) => unknown;
type Live = Record<string, Method>;

const names = medlot as unknown as Record<string, unknown>;
const live = new Map<number, Live>();
let next = 1;

function member(owner: unknown, where: string, name: string): Method {
  const found = (owner as Live | undefined)?.[name];
  // Only what the module's classes declare: not what every object has.
  if (typeof found !== "function" || name in Object.prototype) throw failure("argument", `${where} has no ${name}`);
  return found;
}

async function answer(asked: Asked): Promise<unknown> {
  if (asked.what === "init") return medlot.init(asked.module as never);
  if (asked.what === "function") return member(names, "medlot", asked.name)(...asked.args);
  if (asked.what === "new") {
    return Reflect.construct(member(names, "medlot", asked.name), asked.args) as unknown;
  }
  if (asked.what === "static") {
    const owner = names[asked.name];
    return member(owner, asked.name, asked.method).apply(owner, asked.args);
  }
  const object = live.get(asked.handle);
  if (!object) throw failure("argument", `${asked.method}: this object was freed`);
  const value = member(object, "this object", asked.method).apply(object, asked.args);
  if (asked.method === "free") live.delete(asked.handle);
  return value;
}

async function replied(asked: Asked): Promise<Reply> {
  const { id } = asked;
  try {
    const value = await answer(asked);
    if (typeof value === "object" && value !== null && "__wbg_ptr" in value) {
      live.set(next, value as Live);
      return { id, handle: next++ };
    }
    return { id, value };
  } catch (error) {
    return error instanceof MedlotError ? { id, error: error.toJSON() } : { id, message: String(error) };
  }
}

onmessage = async ({ data }: MessageEvent<Asked>) => postMessage(await replied(data));
