/** Becoming a device of an authority: its invitation, the request that answers it, the enrolment that comes back. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { attempt, set } from "../state.js";
import { t, told } from "../words/words.js";
import { Codes } from "./qr.js";
import { Take } from "./take.js";
import { give, Text } from "./ui.js";

export interface Said {
  invitation: Uint8Array;
  facility?: string;
  label?: string;
}

/** Takes an invitation, then what the device says of itself. */
export function Invited({ what, facility: own, busy, onJoin }: { what: string; facility?: string; busy: boolean; onJoin: (said: Said) => void }) {
  const [invitation, invite] = useState<Uint8Array>();
  const [facility, name] = useState("");
  const [label, call] = useState("");
  if (!invitation) return <Take what={what} onObject={invite} />;
  const named = own ?? facility;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onJoin({ invitation, ...(named && { facility: named }), ...(label && { label }) });
      }}
    >
      <p class="done">{t("join.have")}</p>
      {own === undefined && <Text label={t("join.facility")} hint={t("join.facilityHint")} value={facility} onInput={name} />}
      <Text label={t("join.label")} hint={t("join.labelHint")} value={label} onInput={call} />
      <div class="buttons">
        <button type="submit" class="first" disabled={busy}>
          {t("join.go")}
        </button>
        <button type="button" onClick={() => invite(undefined)}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}

/** Shows the request until its answer came. */
export function Joining({ onEnrolled }: { onEnrolled?: () => void }) {
  const [request, ask] = useState<{ bytes: Uint8Array; texts: string[] }>();
  useEffect(() => void attempt(async () => {
    const bytes = await device.request();
    ask({ bytes, texts: await device.texts(bytes) });
  }), []);
  const accept = (object: Uint8Array) =>
    attempt(async () => {
      const { standing, objects } = await device.accept([object]);
      const [said] = objects;
      if (!standing.enrolled) throw new Error(said?.why ? told(said.why) : t("join.notEnrolled"));
      set({ standing });
      onEnrolled?.();
    });
  return (
    <section class="card">
      <h2>{t("join.request")}</h2>
      <p>{t("join.requestWhat")}</p>
      {request && (
        <>
          <Codes texts={request.texts} />
          <button type="button" onClick={() => give(request.bytes, "request.mlt")}>
            {t("join.save")}
          </button>
        </>
      )}
      <h2>{t("join.answer")}</h2>
      <Take what={t("join.answer")} onObject={(object) => void accept(object)} />
    </section>
  );
}
