import { expect, it } from "vitest";
import { roomInLink } from "./room-in-link";

it("extracts the room of a pasted invitation link", () => {
  expect(roomInLink("https://maru.example.org/r/daily")).toBe("daily");
  expect(roomInLink("  http://localhost:7880/r/%EC%9A%B0%EB%A6%AC%EC%A7%91/?x=1 ")).toBe("우리집");
});

it("ignores any other text", () => {
  for (const text of [
    "daily",
    "https://maru.example.org/",
    "https://maru.example.org/r/%E0%A4%A",
    "r/daily",
    "",
  ]) {
    expect(roomInLink(text)).toBeNull();
  }
});
