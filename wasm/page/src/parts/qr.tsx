/** Codes drawn to be scanned: dark on white whatever the page's colours. */
import { useEffect, useState } from "preact/hooks";
import { encode } from "uqr";
import { t } from "../words/words.js";

export function Qr({ text, label }: { text: string; label: string }) {
  const { size, data } = encode(text, { ecc: "L", border: 4 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** An object's codes: one, or several shown in turn; all of them on paper. */
export function Codes({ texts }: { texts: string[] }) {
  const [at, move] = useState(0);
  const [still, stop] = useState(matchMedia("(prefers-reduced-motion: reduce)").matches);
  useEffect(() => {
    if (still || texts.length < 2) return undefined;
    const timer = setInterval(() => move((at) => (at + 1) % texts.length), 900);
    return () => clearInterval(timer);
  }, [still, texts]);
  return (
    <div class="codes">
      {texts.map((text, index) => (
        <div key={index} class={index === at % texts.length ? "code shown" : "code"}>
          <Qr text={text} label={t("qr.label", { at: index + 1, of: texts.length })} />
        </div>
      ))}
      {texts.length > 1 && (
        <div class="buttons">
          <button type="button" onClick={() => stop(!still)}>
            {still ? t("qr.go") : t("qr.stop")}
          </button>
          <button type="button" onClick={() => (stop(true), move((at + 1) % texts.length))}>
            {t("qr.next", { at: (at % texts.length) + 1, of: texts.length })}
          </button>
        </div>
      )}
    </div>
  );
}
