/**
 * Renders every scene of the gallery, in Korean and English, dark and light, wide and narrow, into
 * tests/artifacts/ui, and asks axe about each. Fails on a serious finding.
 *
 *     node ui/scripts/screenshots.mjs [scene …] [--quick]
 *
 * `--quick`: Korean dark wide and English light narrow only. CHROMIUM names the browser's executable.
 */
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createServer } from "vite";
import { layoutFaults } from "./layout-faults.mjs";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));
const out = fileURLToPath(new URL("../../tests/artifacts/ui/", import.meta.url));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const quick = process.argv.includes("--quick");

const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 400, height: 800 } };
const VARIANTS = quick
  ? [
      ["wide", "ko", "dark"],
      ["narrow", "en", "light"],
    ]
  : ["wide", "narrow"].flatMap((size) =>
      ["ko", "en"].flatMap((language) => ["dark", "light"].map((theme) => [size, language, theme])),
    );

await mkdir(out, { recursive: true });
const server = await createServer({ root, logLevel: "error", server: { port: 0, strictPort: false } });
await server.listen();
const base = `http://localhost:${server.httpServer.address().port}`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"],
});

let findings = 0;
try {
  const scenes = wanted.length > 0 ? wanted : await sceneNames();
  for (const [size, language, theme] of VARIANTS) {
    const page = await browser.newPage({ viewport: SIZES[size] });
    page.setDefaultTimeout(120_000);
    page.on("pageerror", (error) => {
      findings += 1;
      console.error(`error ${size}: ${error.message}`);
    });
    for (const scene of scenes) {
      const name = `${scene}.${size}.${language}.${theme}`;
      // Another path first: a change of the fragment alone would not load anew.
      await page.goto("about:blank");
      await page.goto(`${base}/gallery.html#${scene}?lang=${language}&theme=${theme}`);
      await settled(page);
      await page.screenshot({ path: `${out}${name}.png` });
      findings += await layout(page, name);
      findings += await axe(page, name);
    }
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
console.log(findings === 0 ? "no findings" : `${findings} findings`);
process.exitCode = findings === 0 ? 0 : 1;

async function sceneNames() {
  const page = await browser.newPage();
  // The server bundles the packages first, which takes long on a busy machine.
  page.setDefaultTimeout(120_000);
  await page.goto(`${base}/gallery.html`);
  await page.waitForSelector("li a");
  const names = await page.$$eval("li a", (links) => links.map((link) => link.textContent));
  await page.close();
  return names;
}

/** Fonts are there, videos show a picture, and nothing that ends by itself still moves. */
async function settled(page) {
  await page.waitForSelector("#root > *");
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("video")].every((video) => video.readyState >= 2),
  );
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime < 1000)
        .map((animation) => animation.finished.catch(() => undefined)),
    ),
  );
}

async function layout(page, name) {
  const faults = await page.evaluate(layoutFaults);
  for (const fault of faults) console.error(`layout ${name}: ${fault}`);
  return faults.length;
}

async function axe(page, name) {
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  const violations = await page.evaluate(async () => {
    const results = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return results.violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => ({
        id,
        where: nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`),
      }));
  });
  for (const { id, where } of violations) console.error(`axe ${name}: ${id}\n    ${where.join("\n    ")}`);
  return violations.length;
}
