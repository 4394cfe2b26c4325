import { expect, it } from "vitest";
import { readRoom } from "./typed-room";

const HERE = "https://maru.example.org";

it.each([
  [" Our-Home ", HERE, "our-home"],
  ["https://maru.example.org/r/daily", HERE, "daily"],
  [" http://b.example:7880/r/%EC%9A%B0%EB%A6%AC%EC%A7%91/?x=1 ", "http://b.example:7880", "우리집"],
  ["회의: https://b.example/r/daily 입니다", "https://b.example", "daily"],
  ["https://b.example/r/daily로 오세요~", "https://b.example", "daily"],
  ["Join us!\nhttps://b.example/r/daily.\nSee https://c.example/r/other", "https://b.example", "daily"],
  ["See https://b.example/agenda, then https://b.example/r/daily", "https://b.example", "daily"],
  ["<https://b.example/r/daily>", "https://b.example", "daily"],
  ["「https://b.example/r/우리집」", "https://b.example", "우리집"],
  ["\u200bhttps://b.example/r/daily\u200b", "https://b.example", "daily"],
])("%s is a room on %s", (typed, server, room) => {
  expect(readRoom(typed, HERE)).toEqual({ kind: "place", place: { server, room } });
});

it.each([
  ["", "empty"],
  ["our home", "character"],
  ["https://b.example/r/our%20home", "character"],
  ["https://b.example/daily", "link"],
  ["ftp://b.example/r/daily", "link"],
] as const)("%s has the problem %s", (typed, problem) => {
  expect(readRoom(typed, HERE)).toEqual({ kind: "problem", problem });
});
