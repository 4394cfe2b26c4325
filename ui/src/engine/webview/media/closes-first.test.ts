import { expect, it } from "vitest";
import { closesFirst } from "./closes-first";

const AGENTS = {
  safari:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
  wkwebview: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
  chromeOnIphone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1",
  chrome:
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
  chromeOnAndroid:
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
  firefoxOnAndroid: "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0",
};

it.each([
  ["safari", true, true],
  ["wkwebview", true, true],
  ["chromeOnIphone", true, true],
  ["chrome", false, false],
  ["chromeOnAndroid", false, true],
  ["firefox", false, false],
  ["firefoxOnAndroid", false, true],
] as const)("%s: microphone %s, camera %s", (name, microphone, camera) => {
  expect(closesFirst("microphone", AGENTS[name])).toBe(microphone);
  expect(closesFirst("camera", AGENTS[name])).toBe(camera);
});
