import { expect, it } from "vitest";
import { addRecent, removeRecent } from "./recent";

const place = (room: string, server = "https://a.example") => ({ server, room });

it("has the newest first, each once, and at most ten", () => {
  let recent = addRecent([], place("a"));
  recent = addRecent(recent, place("b"));
  recent = addRecent(recent, place("a", "https://b.example"));
  recent = addRecent(recent, place("a"));
  expect(recent).toEqual([place("a"), place("a", "https://b.example"), place("b")]);
  for (let number = 0; number < 20; number += 1) recent = addRecent(recent, place(`${number}`));
  expect(recent.map(({ room }) => room)).toEqual([
    "19",
    "18",
    "17",
    "16",
    "15",
    "14",
    "13",
    "12",
    "11",
    "10",
  ]);
});

it("loses one of a server only", () => {
  const recent = [place("a"), place("a", "https://b.example")];
  expect(removeRecent(recent, place("a"))).toEqual([place("a", "https://b.example")]);
});
