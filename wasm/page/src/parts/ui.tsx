/** Small pieces that every screen is made of. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { State } from "../device/rows.js";
import { t } from "../words/words.js";

export function Field({ label, hint, children }: { label: string; hint?: string; children: (id: string) => ComponentChildren }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
      {hint && <p class="hint">{hint}</p>}
    </div>
  );
}

export function Text(props: {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string;
  inputMode?: "numeric" | "text" | "url";
  required?: boolean;
  placeholder?: string;
  min?: string;
  /** A scanner types here. */
  scanner?: boolean;
}) {
  const { label, hint, onInput, scanner, ...rest } = props;
  return (
    <Field label={label} {...(hint && { hint })}>
      {(id) => <input id={id} autocomplete="off" data-scanner={scanner ? "yes" : undefined} {...rest} onInput={(event) => onInput(event.currentTarget.value)} />}
    </Field>
  );
}

export function Select(props: { label: string; value: string; onChange: (value: string) => void; options: readonly (readonly [string, string])[] }) {
  return (
    <Field label={props.label}>
      {(id) => (
        <select id={id} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
          {props.options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

const marks: Record<State, string> = { recalled: "⊘", expired: "✕", spoilt: "◼", missing: "−", near: "◔", held: "‖", coming: "→", fine: "✓" };

/** What matters about a lot, by sign and word as well as by colour. */
export function Badge({ state }: { state: State }) {
  return (
    <span class={`badge ${state}`}>
      <span aria-hidden="true">{marks[state]}</span> {t(`state.${state}`)}
    </span>
  );
}

/** Stages of a vaccine vial monitor: 2 is used first, 3 and 4 are thrown away. */
export function Monitor({ label, value, onChange, none = true }: { label?: string; value: number; onChange: (stage: number) => void; none?: boolean }) {
  const stages = none ? [0, 1, 2, 3, 4] : [1, 2, 3, 4];
  return <Select label={label ?? t("vvm.label")} value={String(value)} onChange={(stage) => onChange(Number(stage))} options={stages.map((stage) => [String(stage), t(`vvm.${stage as 0 | 1 | 2 | 3 | 4}`)] as const)} />;
}

/** A question that stops everything else. */
export function Dialog({ title, children, onClose }: { title: string; children: ComponentChildren; onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    ref.current?.showModal();
    return () => ref.current?.close();
  }, []);
  return (
    <dialog ref={ref} aria-labelledby={id} onCancel={onClose}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

/** Gives a file to the person. */
export function give(bytes: Uint8Array | string, name: string, type = "application/octet-stream"): void {
  const url = URL.createObjectURL(new Blob([typeof bytes === "string" ? bytes : Uint8Array.from(bytes)], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A button that opens the choice of files. */
export function FileButton(props: { label: string; accept: string; multiple?: boolean; plain?: boolean; onFiles: (files: File[]) => void }) {
  const ref = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={props.plain ? "" : "first"} onClick={() => ref.current?.click()}>
        {props.label}
      </button>
      <input
        ref={ref}
        type="file"
        hidden
        accept={props.accept}
        multiple={props.multiple ?? false}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          if (files.length > 0) props.onFiles(files);
        }}
      />
    </>
  );
}
