// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { renderView } from "../../../tests/render";
import { Screens } from "../../app";
import type { CallState } from "../../call/types";
import { fakeHost, IDLE } from "../../gallery/fakes";
import type { Settings } from "../../host/types";

const HERE = "https://maru.example.org";
const IN_CALL: CallState = {
  ...IDLE,
  phase: "joined",
  room: "daily",
  signaling: { kind: "online" },
  joinedAt: 0,
};

function open(kind: "browser" | "desktop", state: CallState = IDLE, settings: Partial<Settings> = {}) {
  return renderView(<Screens />, state, { host: fakeHost(kind, { language: "en", ...settings }) });
}

const room = () => screen.getByRole("textbox", { name: "Room ID" }) as HTMLInputElement;
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const question = () => screen.queryByRole("dialog")?.querySelector("h2")?.textContent ?? null;

function joinByLink(link: string) {
  fireEvent.change(room(), { target: { value: link } });
  press("Join");
}

describe("an invitation of another server", () => {
  it("is opened on that server's page in a browser", () => {
    const { call, host } = open("browser");
    joinByLink("https://b.example/r/daily");
    expect(host.wentTo).toEqual(["https://b.example/r/daily"]);
    expect(call.actions).toEqual([]);
  });

  it("is asked about in the app, and joined there with one answer", async () => {
    const { call, host } = open("desktop");
    joinByLink("http://b.example:7880/r/daily");
    expect(question()).toBe("Use the server b.example:7880?");
    screen.getByText(/Its address starts with http/);
    expect([host.wentTo, call.actions]).toEqual([[], []]);
    press("Use it and join");
    await waitFor(() => expect(call.actions).toEqual([["join", "daily", "민지"]]));
    expect(host.wentTo).toEqual(["http://b.example:7880"]);
    expect(question()).toBeNull();
    expect(room().value).toBe("daily");
  });

  it("changes nothing if the answer is no", () => {
    const { call, host } = open("desktop");
    joinByLink("https://b.example/r/daily");
    expect(screen.queryByText(/starts with http/)).toBeNull();
    press("Cancel");
    expect([host.wentTo, call.actions, question()]).toEqual([[], [], null]);
    expect(room().value).toBe("https://b.example/r/daily");
  });

  it("is not asked about again where a room of it was entered before", async () => {
    const { call, host } = open("desktop", IDLE, {
      recentRooms: [{ server: "https://b.example", room: "tea" }],
    });
    joinByLink("https://b.example/r/daily");
    await waitFor(() => expect(call.actions).toEqual([["join", "daily", "민지"]]));
    expect(host.wentTo).toEqual(["https://b.example"]);
  });
});

describe("what the command line opens", () => {
  it("is filled in outside of a call, and not joined", () => {
    const { call, host } = open("desktop");
    act(() => host.openRoom({ server: null, room: "우리집" }));
    expect(room().value).toBe("우리집");
    act(() => host.openRoom({ server: HERE, room: "daily" }));
    expect(room().value).toBe("daily");
    expect([call.actions, question()]).toEqual([[], null]);
  });

  it("is asked about if it is on another server, and then filled in", async () => {
    const { call, host } = open("desktop");
    act(() => host.openRoom({ server: "https://b.example", room: "plan" }));
    expect(question()).toBe("Use the server b.example?");
    press("Use it");
    await waitFor(() => expect(room().value).toBe("plan"));
    expect([host.wentTo, call.actions, question()]).toEqual([["https://b.example"], [], null]);
  });

  it("asks before it leaves a call", () => {
    const { call, host } = open("desktop", IN_CALL);
    act(() => host.openRoom({ server: null, room: "plan" }));
    expect(question()).toBe("Leave the call?");
    press("Stay");
    expect([call.actions, question()]).toEqual([[], null]);
    act(() => host.openRoom({ server: null, room: "plan" }));
    press("Leave the call");
    expect(call.actions).toEqual([["leave"]]);
    act(() => call.set({ phase: "idle", room: null }));
    expect([room().value, question()]).toEqual(["plan", null]);
  });

  it("is the call itself: nothing is asked", () => {
    const { call, host } = open("desktop", IN_CALL);
    act(() => host.openRoom({ server: null, room: "daily" }));
    act(() => host.openRoom({ server: HERE, room: "daily" }));
    expect([call.actions, question()]).toEqual([[], null]);
    act(() => host.openRoom({ server: "https://b.example", room: "daily" }));
    expect(question()).toBe("Leave the call?");
  });

  it("ends an attempt to join another room", () => {
    const { call, host } = open("desktop", { ...IDLE, phase: "joining", room: "daily" });
    act(() => host.openRoom({ server: null, room: "plan" }));
    expect([call.actions, question()]).toEqual([[["leave"]], null]);
    act(() => call.set({ phase: "idle", room: null }));
    expect(room().value).toBe("plan");
  });
});

describe("Back", () => {
  it("asks in a call, each time", () => {
    const { call, host } = open("browser", IN_CALL);
    for (const answer of ["Stay", "Close", "Stay"]) {
      let asks = false;
      act(() => {
        asks = host.goBack();
      });
      expect([asks, question()]).toEqual([true, "Leave the call?"]);
      press(answer);
      expect([call.actions, question()]).toEqual([[], null]);
    }
    act(() => void host.goBack());
    press("Leave the call");
    expect(call.actions).toEqual([["leave"]]);
    act(() => call.set({ phase: "idle", room: null }));
    expect([host.goBack(), question()]).toEqual([false, null]);
  });

  it("asks nothing outside of a call", () => {
    const { host } = open("browser");
    expect(host.goBack()).toBe(false);
  });
});

describe("recent rooms", () => {
  it("have a room once it was entered, and the form offers to rejoin it", () => {
    const { call, host } = open("browser", { ...IDLE, phase: "joining", room: "typo" });
    act(() => call.set({ phase: "idle", room: null }));
    expect(host.settings.get().recentRooms).toEqual([]);
    act(() => call.set({ ...IN_CALL }));
    expect(host.settings.get().recentRooms).toEqual([{ server: HERE, room: "daily" }]);
    act(() => call.set({ phase: "idle", room: null }));
    expect(room().value).toBe("daily");
    screen.getByRole("button", { name: "Rejoin" });
  });
});
