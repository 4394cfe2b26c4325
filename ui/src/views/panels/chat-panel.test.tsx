// @vitest-environment jsdom
import { fireEvent, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState } from "../../call/types";
import { IDLE, remoteParticipant } from "../../gallery/fakes";
import { CallView } from "../call/call-view";

const JOINED: CallState = {
  ...IDLE,
  phase: "joined",
  room: "daily",
  signaling: { kind: "online" },
  participants: [remoteParticipant("a", "Ann")],
};

const show = (state: Partial<CallState> = {}) =>
  renderView(<CallView sheet={null} onSheet={vi.fn()} />, { ...JOINED, ...state });
const press = (code: string) => fireEvent.keyDown(document.activeElement ?? document.body, { code });
const open = (state: Partial<CallState> = {}) => {
  const shown = show(state);
  fireEvent.click(screen.getByRole("button", { name: /^Chat/ }));
  return { ...shown, input: screen.getByRole("textbox", { name: "Message to everyone" }) };
};

it("shows how many are unread, and none once it is open", () => {
  show({ unread: 2 });
  fireEvent.click(screen.getByRole("button", { name: "Chat, 2 unread" }));
  expect(screen.queryByRole("button", { name: "Chat, 2 unread" })).toBeNull();
});

it("sends with Enter, but not with an Enter that ends a composition or with Shift", () => {
  const { call, input } = open();
  fireEvent.change(input, { target: { value: " 안녕 " } });
  fireEvent.keyDown(input, { key: "Enter", isComposing: true });
  fireEvent.keyDown(input, { key: "Enter", shiftKey: true });
  expect(call.actions).toEqual([]);
  fireEvent.keyDown(input, { key: "Enter" });
  expect(call.actions).toEqual([["sendChat", "안녕"]]);
  expect((input as HTMLTextAreaElement).value).toBe("");
  expect(screen.getAllByTestId("chat-message")).toHaveLength(1);
});

it("keeps a message that is too long, and shows by how much", () => {
  const { call, input } = open();
  fireEvent.change(input, { target: { value: "x".repeat(4003) } });
  screen.getByText("3 characters too long");
  fireEvent.keyDown(input, { key: "Enter" });
  expect(call.actions).toEqual([]);
});

it.each([
  ["Escape", () => press("Escape")],
  ["the button in the dock", () => fireEvent.click(screen.getByRole("button", { name: /^Chat/ }))],
  ["the list of people", () => fireEvent.click(screen.getByRole("button", { name: "People" }))],
])("keeps the draft when it is closed by %s, until it is sent", (_, close) => {
  const { call, input } = open();
  fireEvent.change(input, { target: { value: "half a thought" } });
  close();
  expect(screen.queryByRole("textbox", { name: "Message to everyone" })).toBeNull();
  const reopen = () => {
    fireEvent.click(screen.getByRole("button", { name: /^Chat/ }));
    return screen.getByRole("textbox", { name: "Message to everyone" }) as HTMLTextAreaElement;
  };
  const again = reopen();
  expect(again.value).toBe("half a thought");
  expect(again.selectionStart).toBe("half a thought".length);
  fireEvent.keyDown(again, { key: "Enter" });
  expect(call.actions).toEqual([["sendChat", "half a thought"]]);
  press("Escape");
  expect(reopen().value).toBe("");
});

it("opens links through the host", () => {
  const text = "see https://example.org/x.";
  const message = { key: "1", from: "key-a", name: "Ann", at: 0, text, undelivered: ["Ben"] };
  const { host } = open({ chat: [message] });
  const link = screen.getByRole("link", { name: "https://example.org/x" });
  expect(link.getAttribute("rel")).toContain("noopener");
  fireEvent.click(link);
  expect(host.opened).toEqual(["https://example.org/x"]);
  screen.getByText("Not delivered to Ben");
});
