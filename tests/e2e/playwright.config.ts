import { defineConfig } from "@playwright/test";
import { launchOptions } from "./fixtures/chromium";

/** Screenshots, traces and server logs; never committed. */
const artifacts = "../artifacts/e2e";

const chromium = {
  launchOptions: launchOptions(),
  screenshot: "only-on-failure",
  locale: "en-US",
  actionTimeout: 60_000,
} as const;

export default defineConfig({
  // Every test starts its own server on its own port, so nothing is shared between them.
  fullyParallel: true,
  // Media is encoded in software here, and a call without enough processor time proves nothing.
  workers: 2,
  // A test that passes only at the second try has found a fault.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Tests wait for conditions. These only limit how long a broken one takes, on a slow machine.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  outputDir: `${artifacts}/results`,
  // Files that were sent and received would fill a disk.
  preserveOutput: "failures-only",
  reporter: [["list"]],
  projects: [
    { name: "browser", testDir: "browser", use: chromium },
    { name: "desktop", testDir: "desktop" },
    // Firefox together with the Chromium of the other tests; every test starts a Firefox of its own.
    { name: "firefox", testDir: "firefox", use: chromium },
    // Run by `cargo xtask bench native` only: measurements do not pass or fail.
    ...(process.env.MARU_BENCH
      ? [{ name: "bench", testDir: "bench", testMatch: "*.bench.ts", workers: 1 }]
      : []),
    // Alone and one after the other, after all other tests: a full room needs the whole machine.
    {
      name: "crowd",
      testDir: "crowd",
      use: chromium,
      dependencies: ["browser", "desktop", "firefox"],
      workers: 1,
    },
  ],
});
