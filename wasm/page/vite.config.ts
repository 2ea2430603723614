import { defineConfig } from "vite";
import { policy } from "./build/policy.mjs";
import { offline } from "./build/offline.mjs";
import { sample } from "./build/sample.mjs";

export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    // Nothing inline: the policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    // What the first screen needs is one file: each further one is a way through the service worker.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } } },
  },
  worker: { format: "es" },
  plugins: [sample(), policy(), offline()],
});
