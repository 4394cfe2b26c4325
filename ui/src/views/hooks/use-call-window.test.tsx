// @vitest-environment jsdom
import { act } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderView } from "../../../tests/render";
import { IDLE } from "../../gallery/fakes";
import { useCallWindow } from "./use-call-window";

function Windowed() {
  useCallWindow();
  return null;
}

it("has the room and the unread messages in the title, and keeps the screen on, during a call only", () => {
  const { call, host } = renderView(<Windowed />, IDLE);
  expect([document.title, host.screenOn]).toEqual(["Maru", []]);
  act(() => call.set({ phase: "joining", room: "우리집" }));
  expect([document.title, host.screenOn]).toEqual(["Maru", []]);
  act(() => call.set({ phase: "joined" }));
  expect([document.title, host.screenOn]).toEqual(["우리집 · Maru", [true]]);
  act(() => call.set({ unread: 3, signaling: { kind: "connecting" } }));
  expect([document.title, host.screenOn]).toEqual(["(3) 우리집 · Maru", [true]]);
  act(() => call.set({ unread: 0 }));
  expect(document.title).toBe("우리집 · Maru");
  act(() => call.set({ phase: "idle", room: null, unread: 2 }));
  expect([document.title, host.screenOn]).toEqual(["Maru", [true, false]]);
});
