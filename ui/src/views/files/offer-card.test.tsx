// @vitest-environment jsdom
import { act, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState } from "../../call/types";
import { type FakeFiles, fakeFiles, fakeTransfer } from "../../gallery/fake-files";
import { fakeHost, IDLE, remoteParticipant } from "../../gallery/fakes";
import type { Transfer } from "../../host/files";
import { CallView } from "../call/call-view";

const JOINED: CallState = {
  ...IDLE,
  phase: "joined",
  room: "daily",
  joinedAt: 0,
  participants: [remoteParticipant("a", "Ann"), remoteParticipant("b", "Ben")],
};
const offer = (id: string, patch: Partial<Transfer> = {}) =>
  fakeTransfer({ id, state: "offered", participant: "a", partner: "Ann", ...patch });

function show(...transfers: Transfer[]): FakeFiles {
  const files = fakeFiles({ transfers });
  const host = fakeHost("desktop", { language: "en" }, null, files);
  renderView(<CallView sheet={null} onSheet={() => undefined} />, JOINED, { host, announced: true });
  return files;
}
const card = () => within(screen.getByRole("region", { name: "Do you want these?" }));
const press = (code: string) => fireEvent.keyDown(document.activeElement ?? document.body, { code });
const requests = (files: FakeFiles) =>
  files.requests.filter(([name]) => name !== "setCallActive" && name !== "entries");

describe("an offer", () => {
  it("says who sends what, how much, and on which path", () => {
    show(
      offer("1", {
        names: [
          { name: "Trip", folder: true, size: 0 },
          { name: "Trip/sea.jpg", folder: false, size: 4_812_033 },
        ],
        files: 1_204,
        folders: 1,
        bytes: 18_400_000_000,
      }),
    );
    const article = card().getByRole("article", { name: /Ann wants to send you.*Trip/ });
    within(article).getByText("1,204 files, 1 folder");
    within(article).getByText("18.4 GB");
    within(article).getByText("4.8 MB");
    within(article).getByText("and 1,203 more");
    within(article).getByText("Directly between your computers");
  });

  it("that could not be accepted says why, and can be accepted elsewhere", () => {
    show(offer("1", { code: "too-large" }));
    within(card().getByRole("alert")).getByText("There is no room for it here.");
    expect(card().getByRole("button", { name: "Save elsewhere…" })).toHaveProperty("disabled", false);
  });

  it("does not take the focus from what the person does", () => {
    show(offer("1"));
    expect(document.activeElement).toBe(document.body);
  });

  it("is announced with the key that leads to it, once", () => {
    const files = show(offer("1"));
    const news = () => screen.getAllByText("Ann wants to send you 바다.jpg. Press F to answer.");
    expect(news()).toHaveLength(1);
    act(() => files.emit({ type: "transfer", transfer: offer("1", { relayed: true }) }));
    expect(news()).toHaveLength(1);
  });

  it.each([
    ["Accept", ["accept", "1", "default"]],
    ["Save elsewhere…", ["accept", "1", "ask"]],
    ["Decline", ["decline", "1"]],
  ])("is answered with %s", async (name, request) => {
    const files = show(offer("1"));
    await act(async () => fireEvent.click(card().getByRole("button", { name })));
    expect(requests(files)).toEqual([request]);
  });

  it("points out programs, also in disguise", () => {
    show(offer("1", { names: [{ name: "photo\u202egpj.exe", folder: false, size: 1 }] }));
    card().getByText(/Could run or unpack something.*photogpj\.exe/);
  });

  it("of our own is no question", () => {
    show(offer("1", { direction: "send" }));
    expect(screen.queryByRole("region", { name: "Do you want these?" })).toBeNull();
  });
});

describe("an offer through a relay", () => {
  it("above 1 GB is asked about once more, in words", async () => {
    const files = show(offer("1", { relayed: true, bytes: 1_000_000_001 }));
    card().getByText("Through a relay server");
    fireEvent.click(card().getByRole("button", { name: "Accept" }));
    expect(requests(files)).toEqual([]);
    expect(screen.getByRole("alert").textContent).toMatch(/1 GB would go through the relay server/);
    const confirm = card().getByRole("button", { name: "Receive anyway" });
    expect(document.activeElement).toBe(confirm);
    await act(async () => fireEvent.click(confirm));
    expect(requests(files)).toEqual([["accept", "1", "default"]]);
  });

  it("keeps the choice of another folder through that question", async () => {
    const files = show(offer("1", { relayed: true, bytes: 2_000_000_000 }));
    fireEvent.click(card().getByRole("button", { name: "Save elsewhere…" }));
    await act(async () => fireEvent.click(card().getByRole("button", { name: "Receive anyway" })));
    expect(requests(files)).toEqual([["accept", "1", "ask"]]);
  });

  it("up to 1 GB is not", async () => {
    const files = show(offer("1", { relayed: true, bytes: 1_000_000_000 }));
    await act(async () => fireEvent.click(card().getByRole("button", { name: "Accept" })));
    expect(requests(files)).toEqual([["accept", "1", "default"]]);
  });
});

describe("several offers", () => {
  const first = offer("1");
  const second = offer("2", { participant: "b", partner: "Ben" });

  it("are asked about one after the other, with the focus on the next", async () => {
    const files = show(first, second);
    card().getByText("1 of 2");
    const accept = card().getByRole("button", { name: "Accept" });
    accept.focus();
    await act(async () => fireEvent.click(accept));
    card().getByText("2 of 2");
    expect(document.activeElement?.textContent).toContain("Ben wants to send you");
    await act(async () => fireEvent.click(card().getByRole("button", { name: "Decline" })));
    act(() => files.emit({ type: "transfer", transfer: { ...second, state: "declined" } }));
    expect(screen.queryByRole("region", { name: "Do you want these?" })).toBeNull();
    // Not lost with the card.
    expect(screen.getByTestId("dock").contains(document.activeElement)).toBe(true);
  });

  it("can be decided on later, and stay in the panel", () => {
    show(first, second);
    fireEvent.click(card().getByRole("button", { name: "Decide later" }));
    fireEvent.click(card().getByRole("button", { name: "Decide later" }));
    expect(screen.queryByRole("region", { name: "Do you want these?" })).toBeNull();
    screen.getByRole("button", { name: "Files, 2 offers to answer" });
    press("KeyF");
    expect(card().getAllByRole("article")).toHaveLength(2);
    expect(document.activeElement?.textContent).toContain("Ann wants to send you");
  });
});

it("an offer that cannot be accepted stays, with what went wrong", async () => {
  const files = show(offer("1"));
  files.fail("EROFS");
  await act(async () => fireEvent.click(card().getByRole("button", { name: "Accept" })));
  card().getByText("It could not be accepted");
  card().getByText("EROFS");
  fireEvent.click(card().getByRole("button", { name: "Dismiss" }));
  expect(card().queryByText("It could not be accepted")).toBeNull();
  card().getByRole("button", { name: "Accept" });
});
