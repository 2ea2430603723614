/** The first visit: join a pharmacy's accounts, look at a sample, or go on from a backup. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { Codes } from "../parts/qr.js";
import { Take } from "../parts/take.js";
import { FileButton, give, Text } from "../parts/ui.js";
import { attempt, choose, chosen, set, useStore } from "../state.js";
import { t } from "../words/words.js";

function Joining() {
  const [request, ask] = useState<{ bytes: Uint8Array; texts: string[] }>();
  useEffect(() => void attempt(async () => {
    const bytes = await device.request();
    ask({ bytes, texts: await device.texts(bytes) });
  }), []);
  const accept = (object: Uint8Array) =>
    attempt(async () => {
      const { standing, objects } = await device.accept([object]);
      const [said] = objects;
      if (standing.state !== "ready") throw new Error(said?.message ?? t("join.notEnrolled"));
      set({ standing });
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

export function Welcome() {
  const { standing } = useStore();
  const [invitation, invite] = useState<Uint8Array>();
  const [facility, name] = useState("");
  const [label, call] = useState("");
  const [busy, work] = useState(false);
  // What is being opened isn't asked for.
  if (!standing && chosen()) return <p class="wait">{t("wait")}</p>;
  if (standing?.state === "joining") return <Joining />;

  const doing = async (act: () => Promise<unknown>) => {
    work(true);
    await attempt(act);
    work(false);
  };
  const join = () =>
    doing(async () => {
      if (!invitation) return;
      await navigator.storage?.persist?.();
      const standing = await device.join({ invitation, ...(facility && { facility }), ...(label && { label }) });
      choose("own");
      set({ standing });
    });
  const sample = () =>
    doing(async () => {
      const standing = await device.sample(new URL("sample.bin", document.baseURI).href);
      choose("sample");
      set({ standing });
    });
  const restore = ([file]: File[]) =>
    doing(async () => {
      if (!file) return;
      const standing = await device.restore(new Uint8Array(await file.arrayBuffer()));
      choose("own");
      set({ standing });
    });
  return (
    <div class="welcome">
      <p class="lead">{t("welcome.what")}</p>
      <section class="card">
        <h2>{t("welcome.sample")}</h2>
        <p>{t("welcome.sampleWhat")}</p>
        <button type="button" class="first" disabled={busy} onClick={() => void sample()}>
          {t("welcome.sampleGo")}
        </button>
      </section>
      <section class="card">
        <h2>{t("welcome.join")}</h2>
        <p>{t("welcome.joinWhat")}</p>
        {invitation ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void join();
            }}
          >
            <p class="done">{t("join.have")}</p>
            <Text label={t("join.facility")} hint={t("join.facilityHint")} value={facility} onInput={name} />
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
        ) : (
          <Take what={t("welcome.join")} onObject={invite} />
        )}
      </section>
      <section class="card">
        <h2>{t("welcome.restore")}</h2>
        <p>{t("welcome.restoreWhat")}</p>
        <FileButton label={t("welcome.restoreGo")} accept=".tar,application/x-tar" plain onFiles={(files) => void restore(files)} />
      </section>
    </div>
  );
}
