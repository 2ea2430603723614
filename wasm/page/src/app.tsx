import { lazy, Suspense } from "./parts/lazy.js";
import { useEffect } from "preact/hooks";
import { Bar } from "./parts/bar.js";
import { Welcome } from "./screens/welcome.js";
import { Stock } from "./screens/stock.js";
import { handOn, SUBSTITUTE, useScanner } from "./parts/wedge.js";
import { device } from "./device/client.js";
import { attempt, begin, go, lotPath, say, unsay, useStore } from "./state.js";
import { speak, spoken, t, type Word } from "./words/words.js";

const screens = {
  lot: lazy(() => import("./screens/lot.js").then(({ Lot }) => Lot)),
  receive: lazy(() => import("./screens/receive.js").then(({ Receive }) => Receive)),
  dispense: lazy(() => import("./screens/dispense.js").then(({ Dispense }) => Dispense)),
  count: lazy(() => import("./screens/count.js").then(({ Count }) => Count)),
  handover: lazy(() => import("./screens/handover.js").then(({ HandOver }) => HandOver)),
  destroy: lazy(() => import("./screens/destroy.js").then(({ Destroy }) => Destroy)),
  findings: lazy(() => import("./screens/findings.js").then(({ Findings }) => Findings)),
  charts: lazy(() => import("./screens/charts.js").then(({ Charts }) => Charts)),
  exchange: lazy(() => import("./screens/exchange.js").then(({ Exchange }) => Exchange)),
  settings: lazy(() => import("./screens/settings.js").then(({ Settings }) => Settings)),
  renew: lazy(() => import("./screens/renew.js").then(({ Renew }) => Renew)),
};
/** What writes: shown where the log takes records; else the way on is. */
const writing = new Set(["receive", "dispense", "count", "handover", "destroy"]);
const items: [string, Word, string][] = [
  ["stock", "nav.stock", "▤"],
  ["dispense", "nav.dispense", "↗"],
  ["receive", "nav.receive", "↙"],
  ["handover", "nav.handover", "⇄"],
  ["count", "nav.count", "☑"],
  ["destroy", "nav.destroy", "⊗"],
  ["findings", "nav.findings", "!"],
  ["charts", "nav.charts", "◫"],
  ["exchange", "nav.exchange", "↻"],
  ["settings", "nav.settings", "⚙"],
];

export function Languages() {
  return (
    <div class="languages" role="group" aria-label={t("language")}>
      {(["vi", "en"] as const).map((language) => (
        <button type="button" key={language} lang={language} aria-pressed={spoken() === language} onClick={() => speak(language)}>
          {language === "vi" ? t("language.vi") : t("language.en")}
        </button>
      ))}
    </div>
  );
}

function Notices() {
  const { notices, newer } = useStore();
  return (
    <div class="notices">
      <div role="status">
        {notices
          .filter(({ kind }) => kind === "done")
          .map(({ id, text }) => (
            <p key={id} class="notice done">
              {text}
            </p>
          ))}
      </div>
      <div role="alert">
        {notices
          .filter(({ kind }) => kind === "failed")
          .map(({ id, text }) => (
            <p key={id} class="notice failed">
              {text}{" "}
              <button type="button" onClick={() => unsay(id)}>
                {t("close")}
              </button>
            </p>
          ))}
      </div>
      {newer && (
        <p class="notice">
          {t("newer")}{" "}
          <button type="button" onClick={newer}>
            {t("newer.load")}
          </button>
        </p>
      )}
    </div>
  );
}

function Progress() {
  const { progress } = useStore();
  if (!progress) return null;
  return (
    <p class="progress">
      <label>
        {t(`step.${progress.step}`)} <progress max={1} value={progress.part} />
      </label>
    </p>
  );
}

function Busy() {
  const { standing } = useStore();
  return (
    <section class="card">
      <h2>{t("busy.title")}</h2>
      <p>{t("busy.what")}</p>
      <button type="button" class="first" onClick={() => standing && void begin(standing.which, true)}>
        {t("busy.here")}
      </button>
    </section>
  );
}

function Screen() {
  const { route, standing, before } = useStore();
  if (!standing && before) return route[0] === undefined || route[0] === "stock" ? <Stock /> : <p class="wait">{t("wait")}</p>;
  if (!standing || standing.state === "none" || standing.state === "joining") return <Welcome />;
  if (standing.state === "busy") return <Busy />;
  const [name = "stock"] = route;
  const closed = standing.readOnly || !standing.enrolled;
  const Lazy = screens[(closed && writing.has(name) ? "renew" : name) as keyof typeof screens];
  if (!Lazy) return <Stock />;
  return (
    <Suspense fallback={<p class="wait">{t("wait")}</p>}>
      <Lazy key={route.join("/")} />
    </Suspense>
  );
}

/** What is scanned where no screen takes it: a pack leads to its lot, a code of an object to where goods come in. */
function useAnywhere(ready: boolean): void {
  useScanner("object", (text) => {
    if (!ready) return;
    handOn("object", text);
    go("receive");
  }, true);
  useScanner("pack", (raw) => {
    if (!ready) return;
    void attempt(async () => {
      const { said } = await device.scan(raw, localStorage.getItem(SUBSTITUTE) ?? "");
      const item = said.outcome === "read" && said.alternatives.length === 0 ? said.item : undefined;
      if (item?.gtin && item.lot) return go(lotPath(`gtin:${item.gtin}`, item.lot));
      // What a person must decide, or what can't be used, is said where packs are given.
      handOn("pack", raw);
      go("dispense");
    });
  }, true);
}

export function App() {
  const { route, standing, before, offline } = useStore();
  const ready = standing?.state === "ready";
  // What the last visit left is shown in its place, before it is known to be so still.
  const shown = standing ? (ready ? standing : undefined) : before;
  const [name = "stock"] = route;
  useAnywhere(ready);
  useEffect(() => {
    // Who goes by keyboard or by ear is told that another screen came.
    document.title = ready ? `${t(`nav.${items.some(([path]) => path === name) ? name : "stock"}` as Word)} – medlot` : "medlot";
    document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
    document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    scrollTo(0, 0);
  }, [route.join("/"), ready]);
  useEffect(() => {
    const failed = (event: PromiseRejectionEvent) => say("failed", String(event.reason));
    addEventListener("unhandledrejection", failed);
    return () => removeEventListener("unhandledrejection", failed);
  }, []);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.querySelector<HTMLElement>("main")?.focus())}>
        {t("skip")}
      </a>
      <header>
        <h1>
          <span aria-hidden="true">✚</span> medlot {shown && <small>{shown.facility}</small>}
        </h1>
        {offline && <span class="offline">{t("offline.ready")}</span>}
        <Languages />
        {shown?.which === "sample" && <p class="sample">{t("sample.is")}</p>}
        {ready && (standing.readOnly || !standing.enrolled) && (
          <p class="sample">
            {t(standing.readOnly ? "readOnly" : "renew.waiting")} <a href="#/renew">{t("renew.title")}</a>
          </p>
        )}
      </header>
      <div class={shown ? "page" : "page alone"}>
        {shown && (
          <nav aria-label={t("nav")}>
            {items.map(([path, word, sign]) => (
              <a key={path} href={`#/${path}`} aria-current={name === path || (path === "stock" && !(name in screens)) ? "page" : undefined}>
                <span aria-hidden="true">{sign}</span> {t(word)}
              </a>
            ))}
          </nav>
        )}
        <main id="main" tabIndex={-1}>
          <Progress />
          {ready && <Bar />}
          <Screen />
        </main>
      </div>
      <Notices />
    </>
  );
}
