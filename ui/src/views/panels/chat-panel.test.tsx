// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState } from "../../call/types";
import { fakeFiles, fakeTransfer } from "../../gallery/fake-files";
import { fakeHost, IDLE, remoteParticipant } from "../../gallery/fakes";
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

it("lays a message out in the direction of its own script, also while it is written", () => {
  const { input } = open();
  fireEvent.change(input, { target: { value: "שלום!" } });
  expect(input.getAttribute("dir")).toBe("auto");
  fireEvent.keyDown(input, { key: "Enter" });
  expect(screen.getByText("שלום!").getAttribute("dir")).toBe("auto");
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

it("keeps the draft of a room while the call screen is gone, and not for another room", () => {
  const { call, input } = open();
  fireEvent.change(input, { target: { value: "half a thought" } });
  const reopen = (room: string) => {
    cleanup();
    renderView(
      <CallView sheet={null} onSheet={vi.fn()} initial={{ panel: "chat" }} />,
      { ...JOINED, room },
      { call },
    );
    return (screen.getByRole("textbox", { name: "Message to everyone" }) as HTMLTextAreaElement).value;
  };
  expect(reopen("daily")).toBe("half a thought");
  expect(reopen("weekly")).toBe("");
  expect(reopen("daily")).toBe("half a thought");
});

it("opens links through the host", () => {
  const text = "see https://example.org/x.";
  const message = {
    key: "1",
    from: "key-a",
    name: "Ann",
    at: 0,
    text,
    undelivered: [{ key: "key-b", name: "Ben" }],
  };
  const { host } = open({ chat: [message] });
  const link = screen.getByRole("link", { name: "https://example.org/x" });
  expect(link.getAttribute("rel")).toContain("noopener");
  fireEvent.click(link);
  expect(host.opened).toEqual(["https://example.org/x"]);
  screen.getByText("Not delivered to Ben");
});

it("offers to send a message again while somebody who missed it is here", () => {
  const own = { from: "self", name: "민지", at: 0 };
  const missed = { ...own, key: "1", text: "one", undelivered: [{ key: "key-a", name: "Ann" }] };
  const gone = { ...own, key: "2", text: "two", undelivered: [{ key: "key-x", name: "" }] };
  const { call } = open({ chat: [missed, gone] });
  screen.getByText("Not delivered to Guest");
  fireEvent.click(screen.getByRole("button", { name: /^Send again/ }));
  expect(call.actions).toEqual([["sendChatAgain", "1"]]);
  act(() => call.set({ participants: [] }));
  expect(screen.queryByRole("button", { name: /^Send again/ })).toBeNull();
});

it("says to a person alone that nobody gets the message, also later", () => {
  const { call } = open({ chat: [], participants: [] });
  screen.getByText(/People who join later do not see what you write now/);
  const message = { key: "1", from: "self", name: "민지", at: 0, text: "x", undelivered: [], alone: true };
  act(() => call.set({ chat: [message] }));
  screen.getByText(/Nobody was here to get it/);
  expect(screen.queryByRole("button", { name: /^Send again/ })).toBeNull();
  act(() => call.set({ participants: JOINED.participants }));
  fireEvent.click(screen.getByRole("button", { name: "Send again: x" }));
  expect(call.actions).toEqual([["sendChatAgain", "1"]]);
});

it("counts messages as unread while the person looks at another window, with the chat open too", () => {
  const { call } = open();
  const setChatVisible = vi.spyOn(call, "setChatVisible");
  act(() => window.dispatchEvent(new Event("blur")));
  expect(setChatVisible.mock.calls).toEqual([[false]]);
  act(() => window.dispatchEvent(new Event("focus")));
  expect(setChatVisible.mock.calls).toEqual([[false], [true]]);
});

it("shows a transfer as one line that changes, with a button once there is something to show", () => {
  const files = fakeFiles();
  const host = fakeHost("desktop", { language: "en" }, null, files);
  const message = { key: "1", from: "key-a", name: "Ann", at: 0, text: "look", undelivered: [] };
  renderView(
    <CallView sheet={null} onSheet={vi.fn()} initial={{ panel: "chat" }} />,
    { ...JOINED, chat: [message] },
    { host },
  );
  const of = (patch: Parameters<typeof fakeTransfer>[0]) => fakeTransfer({ participant: "a", ...patch });
  const report = (patch: Parameters<typeof fakeTransfer>[0]) =>
    act(() => files.emit({ type: "transfer", transfer: of(patch) }));
  const line = () => within(screen.getByTestId("chat-transfer"));
  report({ state: "offered" });
  line().getByText("Ann → you");
  line().getByText("바다.jpg");
  line().getByText("1 file · 4.8 MB");
  line().getByText("Waiting for your answer");
  report({ state: "active" });
  line().getByText("You accepted it");
  expect(line().queryByRole("button")).toBeNull();
  report({ state: "done", canOpen: true });
  line().getByText("Received and verified");
  fireEvent.click(line().getByRole("button", { name: "Show in folder: 바다.jpg" }));
  expect(files.requests.at(-1)).toEqual(["reveal", { id: of({}).id, direction: "receive" }]);
  // Not read a second time: outcomes are announced wherever the person is.
  expect(screen.getByTestId("chat-transfer").getAttribute("aria-live")).toBe("off");
  act(() => files.emit({ type: "removed", id: of({}).id, direction: "receive" }));
  line().getByText("Received and verified");
  expect(line().queryByRole("button")).toBeNull();
  report({ id: "f".repeat(32), direction: "send", state: "declined", code: "declined" });
  within(screen.getAllByTestId("chat-transfer")[1] as HTMLElement).getByText("Ann declined it");
});

it("shows what was offered to several as one line, with how it stands with each of them", () => {
  const files = fakeFiles();
  const host = fakeHost("desktop", { language: "en" }, null, files);
  const people = ["Ann", "Ben", "Cho"].map((name, index) => remoteParticipant(`${index}`, name));
  renderView(
    <CallView sheet={null} onSheet={vi.fn()} initial={{ panel: "chat" }} />,
    { ...JOINED, participants: people },
    { host },
  );
  const batch = "b".repeat(32);
  const report = (index: number, patch: Parameters<typeof fakeTransfer>[0] = {}) => {
    const to = {
      id: `${index}`.repeat(32),
      participant: `${index}`,
      partner: "",
      direction: "send",
    } as const;
    const transfer = fakeTransfer({ ...to, batch, state: "offered", ...patch });
    act(() => files.emit({ type: "transfer", transfer }));
  };
  for (const index of people.keys()) report(index);
  const line = within(screen.getByTestId("chat-transfer"));
  line.getByText("You → 3 people");
  const recipients = () =>
    line.getAllByRole("listitem", { hidden: true }).map(({ textContent }) => textContent);
  line.getByText("No answer yet");
  expect(recipients()).toEqual(["Ann: No answer yet", "Ben: No answer yet", "Cho: No answer yet"]);
  report(0, { state: "active" });
  report(1, { state: "declined", code: "declined" });
  line.getByText("Accepted by 1 of 3, declined by 1");
  report(0, { state: "done", canOpen: true });
  report(2, { state: "declined", code: "too-large" });
  line.getByText("Accepted by 1 of 3, delivered to 1, declined by 2");
  expect(recipients()).toEqual([
    "Ann: Delivered and verified",
    "Ben: Declined",
    "Cho: Cho has no room for it",
  ]);
  fireEvent.click(line.getByRole("button", { name: "Show in folder: 바다.jpg" }));
  expect(files.requests.at(-1)).toEqual(["reveal", { id: "0".repeat(32), direction: "send" }]);
  // Not read a second time: outcomes are announced wherever the person is.
  expect(screen.getByTestId("chat-transfer").getAttribute("aria-live")).toBe("off");
});
