/** Handing over: lines become one signed code, shown on the screen or printed on a delivery note. */
import { useState } from "preact/hooks";
import { device } from "../device/client.js";
import { shelfLine } from "../device/counting.js";
import { LotForm, LotLines, type LotLine } from "../parts/lots.js";
import { PaperLines } from "../parts/paper.js";
import { Codes } from "../parts/qr.js";
import { give, Select, Text } from "../parts/ui.js";
import { attempt, useStore } from "../state.js";
import { code, expiry, instant, number, spoken, stage, t } from "../words/words.js";

interface Made {
  to: string;
  document: string;
  reason: string;
  lines: LotLine[];
  bundle: Uint8Array;
  texts: string[];
  at: number;
}

function Note({ made, from, onDone }: { made: Made; from: string; onDone: () => void }) {
  return (
    <article class="note" aria-labelledby="note-title">
      <h2 id="note-title">{t("note.title")}</h2>
      <dl>
        <dt>{t("note.from")}</dt>
        <dd>{from}</dd>
        <dt>{t("note.to")}</dt>
        <dd>{made.to}</dd>
        <dt>{t("note.number")}</dt>
        <dd>{made.document || "–"}</dd>
        <dt>{t("note.time")}</dt>
        <dd>{instant(made.at)}</dd>
        <dt>{t("dispense.reason")}</dt>
        <dd>{code("reason", made.reason)}</dd>
      </dl>
      <PaperLines
        lines={made.lines.map(({ shelf, quantity }, index) => ({
          key: index,
          name: shelf.name,
          product: shelf.product,
          lot: shelf.lot,
          expiry: `${expiry(shelf.expiry, shelf.wholeMonth)} ${stage(shelf.vvm)}`.trim(),
          quantity: number(Number(quantity)),
        }))}
      />
      <Codes texts={made.texts} />
      <p class="signatures">
        <span>{t("note.giver")}</span>
        <span>{t("note.taker")}</span>
      </p>
      <div class="buttons">
        <button type="button" class="first" onClick={() => print()}>
          {t("note.print")}
        </button>
        <button type="button" onClick={() => give(made.bundle, `${made.document || "handover"}.mlt`)}>
          {t("note.file")}
        </button>
        <button type="button" onClick={onDone}>
          {t("note.another")}
        </button>
      </div>
    </article>
  );
}

export function HandOver() {
  const { standing } = useStore();
  const [to, address] = useState("");
  const [document, name] = useState("");
  const [reason, because] = useState("transfer");
  const [lines, enter] = useState<LotLine[]>([]);
  const [made, make] = useState<Made>();
  const go = () =>
    attempt(async () => {
      const target = to.includes(":") ? to.trim() : `facility:${to.trim()}`;
      const given = await device.handOver(
        {
          to: target,
          reason,
          ...(document && { documents: [`delivery_note:${document}`] }),
          lines: lines.map(({ shelf, quantity }) => shelfLine(shelf, quantity)),
        },
        spoken(),
      );
      make({ to: to.trim(), document, reason, lines, bundle: given.bundle, texts: given.texts, at: standing?.now ?? Date.now() });
      enter([]);
    });
  if (made) return <Note made={made} from={standing?.facility ?? ""} onDone={() => make(undefined)} />;
  return (
    <section aria-labelledby="handover-title">
      <h2 id="handover-title">{t("handover.title")}</h2>
      <p>{t("handover.what")}</p>
      <div class="row-of-fields">
        <Text label={t("handover.to")} hint={t("handover.toHint")} value={to} onInput={address} />
        <Text label={t("note.number")} value={document} onInput={name} />
        <Select label={t("dispense.reason")} value={reason} onChange={because} options={["transfer", "wholesale", "return_to_supplier", "recall_return", "loan", "donation"].map((name) => [name, code("reason", name)] as const)} />
      </div>
      <LotForm usable onAdd={(shelf, quantity) => enter([...lines, { shelf, quantity }])} />
      <LotLines lines={lines} onChange={enter} />
      <button type="button" class="first" disabled={lines.length === 0 || !to.trim()} onClick={() => void go()}>
        {t("handover.go")}
      </button>
    </section>
  );
}
