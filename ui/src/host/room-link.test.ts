import { expect, it } from "vitest";
import { isLink, linkOfPlace, placeInLink, roomInPath } from "./room-link";

it.each([
  ["/r/daily", "daily"],
  ["/r/daily/", "daily"],
  ["//r/daily", "daily"],
  ["/r/%EC%9A%B0%EB%A6%AC%EC%A7%91", "우리집"],
])("the room of the path %s is %s", (path, room) => {
  expect(roomInPath(path)).toBe(room);
});

it.each(["/", "/r", "/r/", "/r/a/b", "/r/a//", "/x/a", "/maru/r/a", "r/a", "/r/%E0%A4%A"])(
  "the path %s has no room",
  (path) => {
    expect(roomInPath(path)).toBeNull();
  },
);

it.each([
  ["https://maru.example.org/r/daily", "https://maru.example.org", "daily"],
  ["  HTTP://localhost:7880/r/%EC%9A%B0%EB%A6%AC%EC%A7%91/?fbclid=1#a ", "http://localhost:7880", "우리집"],
  ["https://Maru.Example.org:443//r/a%20b", "https://maru.example.org", "a b"],
])("the place of %s", (link, server, room) => {
  expect(placeInLink(link)).toEqual({ server, room });
});

it.each([
  "daily",
  "r/daily",
  "",
  "https://maru.example.org/",
  "https://maru.example.org/r/%E0%A4%A",
  "https://maru.example.org@evil.example/r/daily",
  "javascript://maru.example.org/r/daily",
  "ftp://maru.example.org/r/daily",
  "file:///r/daily",
])("%s is no invitation", (text) => {
  expect(placeInLink(text)).toBeNull();
});

it("a place has one link", () => {
  const place = { server: "https://maru.example.org", room: "우리집" };
  expect(placeInLink(linkOfPlace(place))).toEqual(place);
});

it("a room ID is no link", () => {
  expect(isLink("daily")).toBe(false);
  expect(isLink("https://maru.example.org/daily")).toBe(true);
});
