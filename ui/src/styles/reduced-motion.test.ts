import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const folder = new URL("..", import.meta.url);
const sheets = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".css"),
);

/** The style sheet without what it has for people who want less motion. */
const withoutReduced = (css: string) =>
  css.replaceAll(/@media \(prefers-reduced-motion: reduce\) \{[\s\S]*?\n\}/g, "");
const reduced = (css: string) =>
  [...css.matchAll(/@media \(prefers-reduced-motion: reduce\) \{([\s\S]*?)\n\}/g)]
    .map(([, body]) => body)
    .join();

it("nothing moves for people who want less motion: durations are tokens, or the rule has a counterpart", () => {
  expect(sheets.length).toBeGreaterThan(20);
  const moving = sheets.flatMap((file) => {
    const css = readFileSync(new URL(file, folder), "utf8");
    return [
      ...withoutReduced(css).matchAll(/([^{}]+)\{[^{}]*?\b(?:animation|transition)(?:-duration)?:([^;}]+)/g),
    ]
      .filter(([, selector = "", value = ""]) => {
        const isToken = value
          .split(/,(?![^(]*\))/)
          .every((part) => /var\(--(fast|slow)\)|\bnone\b/.test(part));
        return !isToken && !reduced(css).includes(selector.trim());
      })
      .map(([, selector]) => `${file}: ${selector?.trim()}`);
  });
  expect(moving).toEqual([]);
  const tokens = readFileSync(new URL("styles/tokens.css", folder), "utf8");
  expect(reduced(tokens)).toMatch(/--fast: 0ms;\s+--slow: 0ms;/);
});
