import { existsSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { firstLoad } from "./first-load.ts";

const TRANSFER_MODULE = "src/host/browser/files/transfer.wasm";

/** Says at build time what a missing WebAssembly module costs. The build goes on. */
const transferModule = {
  name: "maru:transfer-module",
  apply: "build",
  configResolved() {
    if (existsSync(new URL(TRANSFER_MODULE, import.meta.url))) return;
    console.warn(
      `ui/${TRANSFER_MODULE} is missing: guests in a browser will have no file transfer.\n"cargo xtask wasm" builds it.`,
    );
  },
} as const;

export default defineConfig({
  plugins: [react(), transferModule, firstLoad],
  // Served from `/r/<room>` as well as `/`, and from the root of Tauri's own scheme.
  base: "/",
  build: {
    outDir: "dist",
    sourcemap: false,
    // Inlined assets would be `data:` URLs, which the server's CSP refuses for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What has `light-dark()`; without it the minifier rewrites every colour token into two.
    cssTarget: ["chrome123", "safari17.5", "firefox120"],
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { "/ws": { target: "ws://localhost:7880", ws: true } },
  },
  test: {
    // Component tests ask for jsdom in their first line; everything else runs without a DOM.
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
    // How slow a machine may be, not how fast a test must be.
    testTimeout: 60_000,
  },
});
