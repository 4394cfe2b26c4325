import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkify } from "./linkify";

const links = (text: string) => linkify(text).flatMap((piece) => (piece.kind === "link" ? [piece.text] : []));

describe("linkify", () => {
  it("neither loses nor adds characters", () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom("https://a.example/b?c=d#e", "http://[::1]:80/", "https://한글.example/"),
        fc.constantFrom("https://", "http://a", ").", "javascript:", " "),
      ),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("");
        expect(
          linkify(text)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it("links nothing but http and https", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const piece of linkify(`${text} https://ok.example`)) {
          if (piece.kind === "link") expect(piece.url).toMatch(/^https?:\/\//);
        }
      }),
    );
    expect(
      links("javascript:alert(1) data:text/html,x file:///etc ftp://a.example mailto:a@b.example"),
    ).toEqual([]);
  });

  it("does not include punctuation of the sentence in a link", () => {
    expect(links("Go to https://a.example/b. Now!")).toEqual(["https://a.example/b"]);
    expect(links("(see https://a.example/b)")).toEqual(["https://a.example/b"]);
    expect(links("https://a.example/b_(c)")).toEqual(["https://a.example/b_(c)"]);
    expect(links("<https://a.example/?q=1&r=2>")).toEqual(["https://a.example/?q=1&r=2"]);
    expect(links("https://a.example/한글, 다음")).toEqual(["https://a.example/한글"]);
  });

  it("does not include a Korean particle, or what messengers put around a link", () => {
    expect(links("https://a.example/b로 오세요, https://a.example/c에서~")).toEqual([
      "https://a.example/b",
      "https://a.example/c",
    ]);
    expect(links("https://ko.example/wiki/한국은 https://a.example/회의")).toEqual([
      "https://ko.example/wiki/한국은",
      "https://a.example/회의",
    ]);
    expect(links("‘https://a.example/b’ 《https://a.example/c》 **https://a.example/d**")).toEqual([
      "https://a.example/b",
      "https://a.example/c",
      "https://a.example/d",
    ]);
    expect(links("\u200bhttps://a.example/b\u200b")).toEqual(["https://a.example/b"]);
  });

  it("does not link a URL with credentials", () => {
    expect(links("https://bank.example@evil.example/")).toEqual([]);
  });
});
