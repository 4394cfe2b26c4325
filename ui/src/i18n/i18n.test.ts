import { readdirSync, readFileSync } from "node:fs";
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

  it("has no empty text", () => {
    for (const [path, value] of leaves(text)) {
      if (typeof value === "string") expect(value.trim(), path).not.toBe("");
      else expect(typeof value, path).toBe("function");
    }
  });

  it("has the keys of the other language", () => {
    const keys = (of: object) => leaves(of).map(([path]) => path);
    expect(keys(text)).toEqual(keys(TEXTS[language === "ko" ? "en" : "ko"]));
  });

  it("explains every refusal and every device error", () => {
    for (const code of [...ERROR_CODES, "of-a-later-version"]) {
      expect(text.refused(code).title).not.toBe("");
      expect(text.refused(code).help).not.toBe("");
    }
    for (const device of ["microphone", "camera", "screen"] as const) {
      for (const code of [
        "denied",
        "cancelled",
        "maybe-denied",
        "missing",
        "busy",
        "insecure",
        "unsupported",
        "failed",
      ] as const) {
        const explanation = text.device(device, code);
        expect(explanation.title).not.toBe("");
        expect(explanation.help).not.toBe("");
        expect(explanation.title + explanation.help).not.toMatch(/undefined|\(이\)|\(을\)/);
        // A screen is not plugged in, and in a call nobody wants to know how to join.
        if (device === "screen") expect(explanation.help).not.toMatch(/[Pp]lug|꽂/);
        expect(explanation.help).not.toMatch(/join|들어갈/);
      }
    }
  });
});

/** Names that are the same in both languages. */
const NAMES = /Maru|WebRTC|WebKitGTK|PipeWire|Chrome|Edge|Firefox|Safari/g;

it("has no English left in Korean", () => {
  const english = new Map(leaves(TEXTS.en));
  for (const [path, value] of leaves(TEXTS.ko)) {
    if (typeof value !== "string") continue;
    expect(value, path).not.toBe(english.get(path));
    expect(value, path).toMatch(/\p{Script=Hangul}/u);
    // Two English words in a row. Single ones are units, keys, and names of packages.
    expect(value.replace(NAMES, ""), path).not.toMatch(/\b[A-Za-z]{2,} [A-Za-z]{2,}\b/);
  }
});

const KOREAN_SOURCES = [
  ...readdirSync(new URL(".", import.meta.url), { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|[/-])ko\.ts$/.test(file))
    .map((file) => new URL(file, import.meta.url)),
  new URL("../../../src-tauri/src/texts.rs", import.meta.url),
];

describe.each(KOREAN_SOURCES.map((url): [string, URL] => [url.pathname.split("/").slice(-2).join("/"), url]))(
  "the Korean of %s",
  (_, url) => {
    const source = readFileSync(url, "utf8");

    it("is in one register: 해요체, and requests as ~해 주세요 or ~해 보세요", () => {
      expect(
        source.match(/.{0,12}(?:니다|니까|시오|[^주보]세요|[가-힣]거라)(?=[."”`?!,)]).{0,4}/gu) ?? [],
      ).toEqual([]);
      // A sentence that another follows.
      expect(source.match(/[가-힣]{1,8}(?<![요죠])[.?!] [가-힣]/gu) ?? []).toEqual([]);
    });

    it("has one word for each thing", () => {
      // 연결할 수 없어요, 갤러리, 마이크 꺼짐, 공유 중지, CPU, 방 ID, 게스트, Maru
      const others = /.{0,8}(?:닿지|격자|그만하기|프로세서|방 이름|손님|\bmaru\b(?!\.example)).{0,4}/gu;
      expect(source.match(others) ?? []).toEqual([]);
    });

    it("has no particle that depends on a name without `josa`", () => {
      // A variable, then a particle with two forms. “님” and units go before one that always fits.
      expect(
        source.match(
          /\$\{(?:name|names|room|fallback|server|title|what|text)\}(?:[이가을를은는과와] |으로|로 ).{0,4}/gu,
        ) ?? [],
      ).toEqual([]);
    });
  },
);

it("writes the product's name in one way", () => {
  for (const [path, value] of leaves(TEXTS.en)) {
    if (typeof value === "string") expect(value, path).not.toMatch(/\bmaru\b(?!\.example)/);
  }
});

it("has no text that is not used", () => {
  const folder = new URL("..", import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|^i18n(?!.shown-name)/.test(file))
    .map((file) => readFileSync(new URL(file, folder), "utf8"))
    .join("\n");
  // Views read a text as `text.group.key`, or select from a group with `text.group[key]`.
  const isUsed = (path: string) => {
    const keys = path.split(".");
    return keys.some((_, index) => {
      const access = `\\b(?:text|TEXTS\\.\\w+)\\.${keys.slice(0, index + 1).join("\\.")}\\b`;
      return new RegExp(index === keys.length - 1 ? access : `${access}(?!\\.)`).test(sources);
    });
  };
  expect(leaves(TEXTS.en).flatMap(([path]) => (isUsed(path) ? [] : path))).toEqual([]);
});

it("uses English plurals and lists", () => {
  expect(TEXTS.en.call.people(1)).toBe("1 person");
  expect(TEXTS.en.call.people(3)).toBe("3 people");
  expect(TEXTS.en.chat.undelivered(["A", "B", "C"])).toBe("Not delivered to A, B, and C");
});

it("follows the system's language by default", () => {
  expect(DEFAULT_SETTINGS.language).toBe("system");
  expect(resolveLanguage("system", ["ko-KR", "en"])).toBe("ko");
  expect(resolveLanguage("system", ["fr", "en-GB", "ko"])).toBe("en");
  expect(resolveLanguage("system", ["fr"])).toBe("en");
  expect(resolveLanguage("ko", ["en"])).toBe("ko");
});

it("formats times by language", () => {
  const noon = new Date(2026, 0, 1, 15, 5).getTime();
  expect(timeOfDay("ko", noon)).toMatch(/(오후|PM)\s3:05/);
  expect(timeOfDay("en", noon)).toMatch(/3:05\sPM/);
  expect(duration(1_458_000)).toBe("24:18");
  expect(duration(3_723_000)).toBe("1:02:03");
  expect(duration(-5)).toBe("0:00");
});

it("formats numbers with their units", () => {
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
