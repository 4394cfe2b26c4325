import { defineConfig } from "@playwright/test";
import { launchOptions } from "./fixtures/chromium";

/** Pictures, traces and server logs; never committed. */
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
  // Media is encoded in software here, and a starved call proves nothing.
  workers: 2,
  // A test that passes at the second try has found something.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Tests wait for conditions. These only bound how long a broken one takes, on a slow machine.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  outputDir: `${artifacts}/results`,
  reporter: [["list"]],
  projects: [
    { name: "browser", testDir: "browser", use: chromium },
    { name: "desktop", testDir: "desktop" },
    // Firefox with the Chromium of the others; every test starts one of its own.
    { name: "firefox", testDir: "firefox", use: chromium },
    // Only by `cargo xtask bench native`: figures are no pass or fail.
    ...(process.env.MARU_BENCH
      ? [{ name: "bench", testDir: "bench", testMatch: "*.bench.ts", workers: 1 }]
      : []),
    // Alone and one after the other, when everything else is done: a full room takes the whole machine.
    {
      name: "crowd",
      testDir: "crowd",
      use: chromium,
      dependencies: ["browser", "desktop", "firefox"],
      workers: 1,
    },
  ],
});
