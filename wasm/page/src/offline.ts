/** Stores the page for use without a network: after the first screen, not before it. */
import { set } from "./state.js";

export async function keepOffline(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  // Some browsers forbid it in private windows: then the page works as long as there is a network.
  const registration = await navigator.serviceWorker.register("./sw.js").catch(() => undefined);
  if (!registration) return;
  const newer = (): void => {
    const { waiting } = registration;
    if (!waiting || !navigator.serviceWorker.controller) return;
    set({
      newer: () => {
        navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
        waiting.postMessage("renew");
      },
    });
  };
  newer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", newer));
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    if (data === "ready") set({ offline: true });
  };
  active?.postMessage("rest", [port2]);
}
