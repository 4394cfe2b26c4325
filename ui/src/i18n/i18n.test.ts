import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../host/types";
import { ERROR_CODES } from "../protocol/generated";
import { bitrate, decimal, duration, milliseconds, percent, timeOfDay } from "./format";
import { resolveLanguage } from "./language";
import { TEXTS } from "./text";

function leaves(value: object, path = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
    inner !== null && typeof inner === "object" ? leaves(inner, `${path}${key}.`) : [[path + key, inner]],
  );
}

describe.each(["ko", "en"] as const)("%s", (language) => {
  const text = TEXTS[language];

  it("has words for everything", () => {
    for (const [path, value] of leaves(text)) {
      if (typeof value === "string") expect(value.trim(), path).not.toBe("");
      else expect(typeof value, path).toBe("function");
    }
  });

  it("has the same keys as the other", () => {
    const keys = (of: object) => leaves(of).map(([path]) => path);
    expect(keys(text)).toEqual(keys(TEXTS[language === "ko" ? "en" : "ko"]));
  });

  it("says what to do about every refusal and every device", () => {
    for (const code of [...ERROR_CODES, "of-a-later-version"]) {
      expect(text.refused(code).title).not.toBe("");
      expect(text.refused(code).help).not.toBe("");
    }
    for (const device of ["microphone", "camera", "screen"] as const) {
      for (const code of [
        "denied",
        "cancelled",
        "missing",
        "busy",
        "insecure",
        "unsupported",
        "failed",
      ] as const) {
        const told = text.device(device, code);
        expect(told.title).not.toBe("");
        expect(told.help).not.toBe("");
        expect(told.title + told.help).not.toMatch(/undefined|\(이\)|\(을\)/);
      }
    }
  });
});

it("writes Korean in Korean", () => {
  for (const [path, value] of leaves(TEXTS.ko)) {
    if (typeof value === "string") expect(value, path).toMatch(/\p{Script=Hangul}/u);
  }
});

it("counts in English", () => {
  expect(TEXTS.en.call.people(1)).toBe("1 person");
  expect(TEXTS.en.call.people(3)).toBe("3 people");
  expect(TEXTS.en.chat.undelivered(["A", "B", "C"])).toBe("Not delivered to A, B, and C");
});

it("follows the system's language unless told otherwise", () => {
  expect(DEFAULT_SETTINGS.language).toBe("system");
  expect(resolveLanguage("system", ["ko-KR", "en"])).toBe("ko");
  expect(resolveLanguage("system", ["fr", "en-GB", "ko"])).toBe("en");
  expect(resolveLanguage("system", ["fr"])).toBe("en");
  expect(resolveLanguage("ko", ["en"])).toBe("ko");
});

it("writes times as each language does", () => {
  const noon = new Date(2026, 0, 1, 15, 5).getTime();
  expect(timeOfDay("ko", noon)).toMatch(/(오후|PM)\s3:05/);
  expect(timeOfDay("en", noon)).toMatch(/3:05\sPM/);
  expect(duration(1_458_000)).toBe("24:18");
  expect(duration(3_723_000)).toBe("1:02:03");
  expect(duration(-5)).toBe("0:00");
});

it("writes figures with their units", () => {
  expect([milliseconds("en", 0), milliseconds("en", 9.94), milliseconds("ko", 1_234.5)]).toEqual([
    "0 ms",
    "9.9 ms",
    "1,235 ms",
  ]);
  expect([percent("en", 0.004), percent("ko", 0.0999), percent("en", 0.256)]).toEqual([
    "0.4 %",
    "10 %",
    "26 %",
  ]);
  expect([bitrate("en", 0), bitrate("en", 47_800), bitrate("en", 999_499), bitrate("ko", 999_500)]).toEqual([
    "0 kbit/s",
    "48 kbit/s",
    "999 kbit/s",
    "1 Mbit/s",
  ]);
  expect(decimal("en", 29.97, 0)).toBe("30");
});
