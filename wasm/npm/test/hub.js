// A national system without a device: it keeps what comes in a map, and answers `POST /v1/sync`.
import { SyncSession, Verifier } from "medlot";

/** Of this trust anchor. */
export function hub(anchor) {
  const kept = new Map();
  const whole = new Map();
  const sessions = new Map();
  const begun = () => {
    const session = new SyncSession(anchor, {});
    for (const { log, count } of whole.values()) session.holdWhole(log, count);
    for (const object of kept.values()) session.hold(object);
    return session;
  };
  return {
    /** Answers a request: its session's name, where it goes on with one, and its body. */
    answer({ session: name, body }) {
      const named = name ?? `${sessions.size + 1}`;
      if (!sessions.has(named)) sessions.set(named, begun());
      const session = sessions.get(named);
      session.receive(body);
      for (const { object, whole: log, count, aside } of session.came()) {
        if (aside) continue;
        kept.set(Buffer.from(object).toString("hex"), object);
        if (log) whole.set(Buffer.from(log.key).toString("hex"), { log, count });
      }
      const parts = [];
      for (let part = session.send(); part.length > 0; part = session.send()) parts.push(part);
      return { status: 200, session: named, bytes: Buffer.concat(parts) };
    },
    /** Everything that came. */
    verifier() {
      const verifier = new Verifier(anchor);
      for (const object of kept.values()) verifier.keep(object);
      return verifier;
    },
  };
}
