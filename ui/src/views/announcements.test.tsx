// @vitest-environment jsdom
import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { JOINED } from "../../tests/joined";
import { renderView } from "../../tests/render";
import type { CallState, ReactionName } from "../call/types";
import { localTrack, remoteParticipant } from "../gallery/fakes";
import { CallView } from "./call/call-view";

/** Without the microphone, a hint about it is announced too. */
const SPEAKING: CallState = {
  ...JOINED,
  self: { ...JOINED.self, microphone: { status: "on", error: null, track: localTrack("microphone", null) } },
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const show = (state: Partial<CallState> = {}) =>
  renderView(<CallView sheet={null} onSheet={vi.fn()} />, { ...SPEAKING, ...state }, { announced: true });

/** Everything that live regions say: what is in them, as elements that have no other live region within. */
const LIVE = '[role="log"], [role="status"], [role="alert"], [aria-live]';
const spoken = () =>
  [...document.querySelectorAll<HTMLElement>(LIVE)]
    .filter((region) => region.getAttribute("aria-live") !== "off")
    .flatMap((region) => (region.children.length > 0 ? [...region.children] : [region]))
    .map(({ textContent }) => textContent)
    .filter((text) => text !== "");
const times = (text: string) => spoken().filter((said) => said?.includes(text)).length;

const message = { key: "1", from: "key-a", name: "Ann", at: 0, text: "hi there", undelivered: [] };

describe("a message", () => {
  it.each([true, false])("is read once (chat open: %s)", (open) => {
    const { call } = show();
    if (open) fireEvent.click(screen.getByRole("button", { name: "Chat" }));
    act(() => {
      call.set({ chat: [message] });
      call.emit({ type: "chat", name: "Ann", text: "hi there" });
    });
    expect(screen.queryAllByText("hi there")).toHaveLength(open ? 1 : 0);
    expect(times("hi there")).toBe(1);
  });

  it("of one's own is read only if somebody did not get it", () => {
    const { call } = show();
    fireEvent.click(screen.getByRole("button", { name: "Chat" }));
    act(() => call.set({ chat: [{ ...message, from: "self" }] }));
    expect(spoken()).toEqual([]);
    act(() =>
      call.set({
        chat: [{ ...message, key: "2", from: "self", undelivered: [{ key: "key-b", name: "Ben" }] }],
      }),
    );
    expect(spoken()).toEqual(["Not delivered to Ben"]);
  });
});

it("reactions are read together, each person once", () => {
  const { call } = show();
  let key = 0;
  const react = (from: string, reaction: ReactionName) =>
    act(() => call.set({ reactions: [...call.getState().reactions, { key: `${++key}`, from, reaction }] }));
  for (let count = 0; count < 5; count += 1) react("key-a", "heart");
  react("key-b", "heart");
  react("self", "heart");
  react("key-b", "party");
  expect(spoken()).toEqual([]);
  act(() => void vi.advanceTimersByTime(3_000));
  expect(spoken()).toEqual(["Ann and Ben: Heart. Ben: Party"]);
  act(() => void vi.advanceTimersByTime(10_000));
  expect(spoken()).toHaveLength(1);
});

it.each([
  [
    "the server is lost",
    { signaling: { kind: "reconnecting", attempt: 1, retryAt: null, detail: "" } } as const,
    "The connection to the server is lost",
  ],
  [
    "a notice",
    {
      notices: [
        { key: "n", kind: { type: "device-lost", source: "microphone", fallback: "USB" }, detail: "" },
      ],
    } as const,
    "Now using USB",
  ],
  [
    "somebody is reconnecting",
    { participants: [remoteParticipant("a", "Ann", { link: "reconnecting" })] },
    "Ann: Reconnecting",
  ],
])("%s is read once, by a live region that was there before", (_, state, text) => {
  const { call } = show();
  const regions = [...document.querySelectorAll(LIVE)];
  act(() => call.set(state));
  expect(times(text)).toBe(1);
  expect(regions.some((region) => region.textContent?.includes(text))).toBe(true);
});

it("a hint for somebody who speaks while muted is read once", () => {
  const { call } = show({
    self: { ...JOINED.self, microphone: { status: "off", error: null, track: null } },
  });
  act(() => call.emit({ type: "muted-speaking" }));
  expect(screen.getAllByText(/You are muted/)).toHaveLength(2);
  expect(times("You are muted")).toBe(1);
});

it("a copied link is read once, and the button keeps its name", async () => {
  show();
  const button = screen.getByRole("button", { name: "Copy link" });
  fireEvent.click(button);
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(times("Link copied")).toBe(1);
  expect(button.getAttribute("aria-label")).toBe("Copy link");
});
