/** Destroying: what is due, its minutes, and the people who stand for it. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { keyOf, type Shelf } from "../device/counting.js";
import type { Destructions, Minutes, Signed } from "../device/destruction.js";
import { LotForm, LotLines, lotText, type LotLine } from "../parts/lots.js";
import { PaperLines } from "../parts/paper.js";
import { Badge, Select, Text } from "../parts/ui.js";
import { attempt, say, useStore } from "../state.js";
import { amountOf, code, expiry, instant, spoken, stage, t } from "../words/words.js";

const CAPACITIES = ["witness_of_destruction", "pharmacist_in_charge", "inspector"] as const;

function Due({ due, taken, onTake }: { due: Shelf[]; taken: LotLine[]; onTake: (lines: LotLine[]) => void }) {
  const without = (shelf: Shelf) => taken.filter((line) => keyOf(line.shelf) !== keyOf(shelf));
  const has = (shelf: Shelf) => without(shelf).length < taken.length;
  if (due.length === 0) return <p>{t("destroy.noneDue")}</p>;
  return (
    <ul class="lines">
      {due.slice(0, 100).map((shelf, index) => (
        <li key={index}>
          <label class="check">
            <input type="checkbox" checked={has(shelf)} onChange={() => onTake(has(shelf) ? without(shelf) : [...taken, { shelf, quantity: String(shelf.onHand) }])} />
            <span>
              <strong>{shelf.name}</strong> · {lotText(shelf)} <Badge state={shelf.state} />
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}

/** Somebody who was there signs with a staff code, or refuses to. */
function Witness({ minutes, onSigned }: { minutes: Minutes; onSigned: () => Promise<void> }) {
  const [operator, sign] = useState("");
  const [capacity, be] = useState<string>(CAPACITIES[0]);
  const attest = (refused: boolean) =>
    attempt(async () => {
      if (!operator.trim()) return say("failed", t("destroy.noCode"));
      await device.attest(minutes.records, capacity, refused, { operator: operator.trim() });
      say("done", t(refused ? "destroy.refused" : "destroy.signed", { operator: operator.trim() }));
      sign("");
      await onSigned();
    });
  return (
    <form
      class="row-of-fields"
      onSubmit={(event) => {
        event.preventDefault();
        void attest(false);
      }}
    >
      <Text label={t("destroy.code")} value={operator} onInput={sign} />
      <Select label={t("destroy.as")} value={capacity} onChange={be} options={CAPACITIES.map((name) => [name, code("capacity", name)] as const)} />
      <button type="submit" class="first">
        {t("destroy.sign")}
      </button>
      <button type="button" onClick={() => void attest(true)}>
        {t("destroy.refuse")}
      </button>
    </form>
  );
}

const signature = ({ operator, capacity, refused }: Signed): string => t(refused ? "destroy.refusedAs" : "destroy.signedAs", { operator: operator || "–", capacity: code("capacity", capacity) });

function Sheet({ minutes, needed, facility, onClose }: { minutes: Minutes; needed: number; facility: string; onClose: () => void }) {
  return (
    <article class="note" aria-labelledby="minutes-title">
      <h2 id="minutes-title">{t("destroy.minutes")}</h2>
      <dl>
        <dt>{t("destroy.number")}</dt>
        <dd>{minutes.number || "–"}</dd>
        <dt>{t("settings.facility")}</dt>
        <dd>{facility}</dd>
        <dt>{t("note.time")}</dt>
        <dd>{instant(minutes.at)}</dd>
        <dt>{t("destroy.by")}</dt>
        <dd>{minutes.operator || "–"}</dd>
        <dt>{t("destroy.people")}</dt>
        <dd>
          {people(minutes, needed)}
          {minutes.signed.map((one, index) => (
            <span key={index} class="signed">
              {signature(one)}
            </span>
          ))}
        </dd>
      </dl>
      <PaperLines
        lines={minutes.lines.map(({ name, key, line }) => ({
          key,
          name,
          lot: line.lot ?? "",
          expiry: `${expiry(line.expiry, line.expiryWholeMonth)} ${stage(line.vvm)}`.trim(),
          quantity: amountOf(line),
        }))}
      />
      <p class="signatures">
        {CAPACITIES.map((name) => (
          <span key={name}>{code("capacity", name)}</span>
        ))}
      </p>
      <div class="buttons">
        <button type="button" class="first" onClick={() => print()}>
          {t("note.print")}
        </button>
        <button type="button" onClick={onClose}>
          {t("close")}
        </button>
      </div>
    </article>
  );
}

const people = ({ people }: Minutes, needed: number): string => t(people < needed ? "destroy.few" : "destroy.enough", { people, needed });

export function Destroy() {
  const { standing, version } = useStore();
  const language = spoken();
  const [due, list] = useState<Shelf[]>([]);
  const [lines, enter] = useState<LotLine[]>([]);
  const [number, name] = useState("");
  const [operator, sign] = useState("");
  const [done, show] = useState<Destructions>();
  const [printed, open] = useState<Minutes>();
  const renew = async () => show(await device.destructions(language));
  useEffect(
    () =>
      void attempt(async () => {
        list(await device.due());
        await renew();
      }),
    [version, language],
  );
  const destroy = () =>
    attempt(async () => {
      if (!operator.trim()) return say("failed", t("destroy.noCode"));
      const { count, missing } = await device.destroy(lines, number.trim(), operator.trim(), spoken());
      enter([]);
      name("");
      say("done", t("destroy.recorded", { count, missing }));
    });
  const needed = done?.needed ?? 0;
  if (printed) return <Sheet minutes={printed} needed={needed} facility={standing?.facility ?? ""} onClose={() => open(undefined)} />;
  return (
    <section aria-labelledby="destroy-title">
      <h2 id="destroy-title">{t("destroy.title")}</h2>
      {done && <p>{t("destroy.what", { needed })}</p>}
      <h3>{t("destroy.due")}</h3>
      <Due due={due} taken={lines} onTake={enter} />
      <details>
        <summary>{t("destroy.other")}</summary>
        <LotForm onAdd={(shelf, quantity) => enter([...lines, { shelf, quantity }])} />
      </details>
      {lines.length > 0 && (
        <>
          <h3>{t("destroy.minutes")}</h3>
          <LotLines lines={lines} onChange={enter} />
          <div class="row-of-fields">
            <Text label={t("destroy.number")} value={number} onInput={name} />
            <Text label={t("destroy.by")} hint={t("destroy.codeHint")} value={operator} onInput={sign} />
          </div>
          <button type="button" class="danger" disabled={!number.trim()} onClick={() => void destroy()}>
            {t("destroy.go", { count: lines.length })}
          </button>
        </>
      )}
      <h3>{t("destroy.done")}</h3>
      {done?.roleless && <p class="notice failed">{t("destroy.noRole")}</p>}
      {done && done.minutes.length === 0 && <p>{t("destroy.none")}</p>}
      <ul class="findings">
        {done?.minutes.slice(0, 50).map((minutes) => (
          <li key={minutes.records[0]}>
            <p>
              <strong>{minutes.number || t("destroy.unnumbered")}</strong> · {instant(minutes.at)} · <span class={minutes.people < needed ? "badge near" : "badge fine"}>{people(minutes, needed)}</span>
            </p>
            <p>{minutes.lines.map(({ name, line }) => `${amountOf(line)} ${name} ${t("lot.lot", { lot: line.lot || t("lot.none") })}`).join("; ")}</p>
            {minutes.signed.length > 0 && <p>{minutes.signed.map(signature).join("; ")}</p>}
            {minutes.people < needed && <Witness minutes={minutes} onSigned={renew} />}
            <button type="button" aria-label={`${t("destroy.sheet")}: ${minutes.number}`} onClick={() => open(minutes)}>
              {t("destroy.sheet")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
