// @vitest-environment jsdom
import { act, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState, Quality } from "../../call/types";
import { IDLE, INCAPABLE, remoteParticipant } from "../../gallery/fakes";
import { sampleStats } from "../../gallery/sample-stats";
import { CallView } from "../call/call-view";

const GOOD: Quality = { level: "good", cause: null };
const FAIR: Quality = { level: "fair", cause: "jitter" };
const POOR: Quality = { level: "poor", cause: "loss" };
const joined = (...qualities: Quality[]): CallState => ({
  ...IDLE,
  phase: "joined",
  room: "daily",
  signaling: { kind: "online" },
  participants: qualities.map((quality, index) =>
    remoteParticipant(`p${index}`, ["Ann", "Ben"][index] ?? "Guest", { quality }),
  ),
});
const show = (...qualities: Quality[]) =>
  renderView(<CallView sheet={null} onSheet={vi.fn()} />, joined(...qualities));
const tile = (id: string) =>
  screen.getAllByTestId("tile").find((one) => one.dataset.participant === id) as HTMLElement;
const row = (id: string) =>
  screen.getAllByTestId("people-item").find((one) => one.dataset.participant === id) as HTMLElement;
const panel = () => screen.queryByRole("complementary", { name: /^Connection to/ });
const press = (code: string) => fireEvent.keyDown(document.activeElement ?? document.body, { code });
const value = (section: string, name: string) =>
  document.querySelector(`[data-section="${section}"] [data-row="${name}"]`)?.textContent;

describe("the mark", () => {
  it("is on a tile only if the quality is fair or poor", () => {
    show(GOOD, POOR);
    expect(within(tile("p0")).queryByTestId("quality-mark")).toBeNull();
    within(tile("p1")).getByRole("button", { name: "Connection to Ben: poor" });
    expect(within(tile("self")).queryByTestId("quality-mark")).toBeNull();
  });

  it("follows the quality", () => {
    const { call } = show(GOOD);
    act(() => call.set({ participants: joined(FAIR).participants }));
    within(tile("p0")).getByRole("button", { name: "Connection to Ann: fair" });
    act(() => call.set({ participants: joined(GOOD).participants }));
    expect(within(tile("p0")).queryByTestId("quality-mark")).toBeNull();
  });

  it("is always in the list of people", () => {
    show(GOOD, { level: "unknown", cause: null });
    press("KeyP");
    within(row("p0")).getByRole("button", { name: "Connection to Ann: good" });
    within(row("p1")).getByRole("button", { name: "Connection to Ben: measuring" });
    expect(within(row("self")).queryByTestId("quality-mark")).toBeNull();
  });

  it("is not shown without media", () => {
    const state = {
      ...joined(POOR),
      engine: { kind: "none" as const, capabilities: INCAPABLE, problems: [] },
    };
    renderView(<CallView sheet={null} onSheet={vi.fn()} initial={{ panel: "people" }} />, state);
    expect(within(row("p0")).queryByTestId("quality-mark")).toBeNull();
  });
});

describe("the panel", () => {
  it("opens from the mark on the tile, and follows the samples", () => {
    const { call } = show(POOR);
    fireEvent.click(within(tile("p0")).getByTestId("quality-mark"));
    expect(panel()).not.toBeNull();
    screen.getByText("Figures appear once you are connected.");
    expect(call.watched()).toEqual(["p0"]);
    act(() => call.sample("p0", { at: 1, stats: sampleStats(0) }));
    expect(value("connection", "round-trip")).toBe("24 ms");
    expect(value("received-camera", "resolution")).toBe("1280 × 720");
    expect(value("received-camera", "codec")).toBe("VP8");
    act(() => call.sample("p0", { at: 2, stats: sampleStats(0, { roundTrip: 71 }) }));
    expect(value("connection", "round-trip")).toBe("71 ms");
  });

  it("explains the cause, and gives advice only if the quality is poor", () => {
    const { call } = show(FAIR);
    fireEvent.click(within(tile("p0")).getByTestId("quality-mark"));
    screen.getByText("Sound arrives unevenly, and gaps are filled in.");
    expect(screen.queryByText(/Move closer/)).toBeNull();
    act(() => call.set({ participants: joined(POOR).participants }));
    screen.getByText("Parts of the video and sound get lost on the way.");
    screen.getByText(/Move closer to the router/);
    act(() => call.set({ participants: joined(GOOD).participants }));
    expect(screen.queryByText(/Move closer/)).toBeNull();
  });

  it("explains media that cannot be carried", () => {
    const { call } = show(FAIR);
    fireEvent.click(within(tile("p0")).getByTestId("quality-mark"));
    expect(screen.queryByText(/no video codec in common/)).toBeNull();
    act(() =>
      call.set({
        participants: [remoteParticipant("p0", "Ann", { quality: FAIR, problems: ["no-video-codec"] })],
      }),
    );
    screen.getByText(/no video codec in common, so you cannot see each other/);
  });

  it("returns to the list of people, and the focus to where it was", () => {
    const { call } = show(GOOD);
    press("KeyP");
    const mark = within(row("p0")).getByRole("button", { name: "Connection to Ann: good" });
    mark.focus();
    fireEvent.click(mark);
    expect(panel()?.contains(document.activeElement)).toBe(true);
    expect(screen.queryByRole("complementary", { name: "People" })).toBeNull();
    press("Escape");
    expect(panel()).toBeNull();
    expect(call.watched()).toEqual([]);
    screen.getByRole("complementary", { name: "People" });
    expect(document.activeElement).toBe(mark);
    press("Escape");
    expect(screen.queryByRole("complementary", { name: "People" })).toBeNull();
  });

  it("is replaced by the chat, and closes when the participant leaves", () => {
    const { call } = show(POOR, POOR);
    fireEvent.click(within(tile("p0")).getByTestId("quality-mark"));
    press("KeyC");
    expect(panel()).toBeNull();
    screen.getByRole("complementary", { name: "Chat" });
    press("Escape");
    fireEvent.click(within(tile("p1")).getByTestId("quality-mark"));
    expect(panel()).not.toBeNull();
    act(() => call.set({ participants: joined(POOR).participants }));
    expect(panel()).toBeNull();
    expect(call.watched()).toEqual([]);
  });
});
