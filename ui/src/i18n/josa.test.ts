import { expect, it } from "vitest";
import { type Josa, josa } from "./josa";

it.each<[string, Josa, string]>([
  ["민지", "이/가", "민지가"],
  ["지훈", "이/가", "지훈이"],
  ["카메라", "을/를", "카메라를"],
  ["하늘", "은/는", "하늘은"],
  ["하늘", "으로/로", "하늘로"],
  ["서연", "으로/로", "서연으로"],
  ["Sofia", "이/가", "Sofia가"],
  ["Daniel", "과/와", "Daniel과"],
  ["방 3", "을/를", "방 3을"],
  ["방 2", "을/를", "방 2를"],
  ["방 1", "으로/로", "방 1로"],
  ["Jack", "이/가", "Jack이(가)"],
  ["Jack", "으로/로", "Jack(으)로"],
  ["지훈!", "이/가", "지훈!이"],
  ["✨", "이/가", "✨이(가)"],
  // Decomposed (NFD), as in file names of macOS.
  ["지훈".normalize("NFD"), "이/가", `${"지훈".normalize("NFD")}이`],
])("%s + %s", (word, particle, expected) => {
  expect(josa(word, particle)).toBe(expected);
});
