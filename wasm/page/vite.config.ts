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
  },
  worker: { format: "es" },
  plugins: [sample(), policy(), offline()],
});
