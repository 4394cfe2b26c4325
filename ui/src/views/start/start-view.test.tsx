// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState } from "../../call/types";
import { fakeHost, IDLE, INCAPABLE } from "../../gallery/fakes";
import type { RoomPlace } from "../../host/room-link";
import type { Settings } from "../../host/types";
import { StartView } from "./start-view";

/** Rooms of other servers that were to be joined. */
let elsewhere: unknown[][] = [];

function Start({ initial = "", left = null }: { initial?: string; left?: RoomPlace | null }) {
  const [room, setRoom] = useState(initial);
  return (
    <StartView
      room={room}
      left={left}
      onRoom={setRoom}
      onElsewhere={(...given) => elsewhere.push(given)}
      onSheet={() => undefined}
    />
  );
}

const start = (state: Partial<CallState> = {}, initial = "") =>
  renderView(<Start initial={initial} />, { ...IDLE, ...state });
const join = () => fireEvent.click(screen.getByRole("button", { name: "Join" }));
const room = () => screen.getByRole("textbox", { name: "Room ID" });

describe("joining", () => {
  it("asks for the canonical room, without any device", () => {
    const { call } = start();
    fireEvent.change(room(), { target: { value: " Our-Home " } });
    screen.getByText("You will meet in “our-home”");
    join();
    expect(call.actions).toEqual([["join", "our-home", "민지"]]);
  });

  it("shows what is wrong with a room ID, and does not join", () => {
    const { call } = start({}, "our home");
    screen.getByText(/No spaces/);
    expect(room().getAttribute("aria-invalid")).toBe("true");
    join();
    expect(call.actions).toEqual([]);
  });

  it("reports a missing room ID only after join was pressed, and goes to the field", () => {
    start();
    expect(screen.queryByText(/Type a room ID/)).toBeNull();
    join();
    screen.getByText(/Type a room ID/);
    expect(document.activeElement).toBe(room());
  });

  it("makes up a valid room ID", () => {
    const { call } = start();
    fireEvent.click(screen.getByRole("button", { name: "Make up a new room ID" }));
    join();
    expect(call.actions).toHaveLength(1);
  });

  it.each(["Room ID", "Name"])("is not triggered by an Enter that ends a composition, in %s", (name) => {
    start({}, "우리집");
    const field = screen.getByRole("textbox", { name });
    // An event that is not prevented submits the form.
    expect(fireEvent.keyDown(field, { key: "Enter", isComposing: true })).toBe(false);
    expect(fireEvent.keyDown(field, { key: "Enter", keyCode: 229 })).toBe(false);
    expect(fireEvent.keyDown(field, { key: "Enter", keyCode: 13 })).toBe(true);
  });

  it("does not check the room ID during a composition", () => {
    start({}, "우리 ");
    fireEvent.compositionStart(room());
    fireEvent.change(room(), { target: { value: "우리 지" } });
    expect(screen.queryByText(/No spaces/)).toBeNull();
    fireEvent.compositionEnd(room());
    screen.getByText(/No spaces/);
  });

  const paste = (text: string) => fireEvent.paste(room(), { clipboardData: { getData: () => text } });
  const value = () => (room() as HTMLInputElement).value;

  it("extracts the room of a pasted link of this server", () => {
    const { call } = start();
    paste("https://maru.example.org//r/daily/?fbclid=1");
    expect(value()).toBe("daily");
    join();
    expect(call.actions).toEqual([["join", "daily", "민지"]]);
  });

  it("extracts the room of a link that is pasted with the message around it", () => {
    start();
    paste("회의 링크: <https://maru.example.org/r/daily>로 오세요!");
    expect(value()).toBe("daily");
  });

  it("goes to the server of a pasted link of another one, and to no room of this server", () => {
    elsewhere = [];
    const { call } = start();
    paste("http://b.example:7880/r/Daily?fbclid=1");
    expect(value()).toBe("http://b.example:7880/r/Daily");
    screen.getByText("You will meet in “daily” on b.example:7880");
    expect(elsewhere).toEqual([]);
    join();
    expect(elsewhere).toEqual([[{ server: "http://b.example:7880", room: "daily" }, "민지"]]);
    expect(call.actions).toEqual([]);
  });

  it("says what the link of a room looks like", () => {
    const { call } = start({}, "https://b.example/daily");
    screen.getByText(/not the link of a room/);
    join();
    expect(call.actions).toEqual([]);
  });
});

describe("coming back", () => {
  const HERE = { server: "https://maru.example.org", room: "daily" };
  const THERE = { server: "https://b.example", room: "plan" };
  const back = (settings: Partial<Settings>, state: Partial<CallState> = {}) =>
    renderView(
      <Start initial="daily" left={HERE} />,
      { ...IDLE, ...state },
      {
        host: fakeHost("browser", { language: "en", ...settings }),
      },
    );
  const rejoin = () => screen.getByRole("button", { name: "Rejoin" });

  it("joins with microphone and camera as they were in the call, and says so before", () => {
    const { call } = back({ microphoneOn: true, cameraOn: true });
    screen.getByText("Your microphone and camera turn on again, as they were in the call.");
    expect(call.actions).toEqual([]);
    fireEvent.click(rejoin());
    expect(call.actions).toEqual([
      ["setMicrophone", true],
      ["setCamera", true],
      ["join", "daily", "민지"],
    ]);
  });

  it("leaves off what was off in the call, and what this computer cannot do", () => {
    const { call } = back({ microphoneOn: true, cameraOn: false });
    fireEvent.click(rejoin());
    expect(call.actions).toEqual([
      ["setMicrophone", true],
      ["join", "daily", "민지"],
    ]);
    cleanup();
    const engine = { kind: "none", capabilities: INCAPABLE, problems: [] } as const;
    const second = back({ microphoneOn: true, cameraOn: true }, { engine });
    expect(screen.queryByText(/turn on again/)).toBeNull();
    fireEvent.click(rejoin());
    expect(second.call.actions).toEqual([["join", "daily", "민지"]]);
  });

  it("is to the room that was left only", () => {
    const { call } = back({ microphoneOn: true, cameraOn: true });
    fireEvent.change(room(), { target: { value: "plan" } });
    expect(screen.queryByText(/turn on again/)).toBeNull();
    join();
    expect(call.actions).toEqual([["join", "plan", "민지"]]);
  });

  it("a recent room is filled in, with its server if that is another", () => {
    elsewhere = [];
    const { call } = renderView(<Start />, IDLE, {
      host: fakeHost("browser", { language: "en", recentRooms: [HERE, THERE] }),
    });
    fireEvent.click(screen.getByRole("button", { name: "daily" }));
    expect(document.activeElement?.textContent).toBe("Join");
    join();
    expect(call.actions).toEqual([["join", "daily", "민지"]]);
    fireEvent.click(screen.getByRole("button", { name: "plan on b.example" }));
    join();
    expect(call.actions).toHaveLength(1);
    expect(elsewhere).toEqual([[THERE, "민지"]]);
  });

  it("recent rooms can be removed one by one and all at once; the focus stays near", () => {
    const { host } = renderView(<Start />, IDLE, {
      host: fakeHost("browser", { language: "en", recentRooms: [HERE, THERE, { ...THERE, room: "tea" }] }),
    });
    const press = (name: string) => {
      const button = screen.getByRole("button", { name });
      button.focus();
      fireEvent.click(button);
    };
    press("Remove daily");
    expect(host.settings.get().recentRooms.map((one) => one.room)).toEqual(["plan", "tea"]);
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Remove plan on b.example");
    press("Clear all");
    expect(host.settings.get().recentRooms).toEqual([]);
    expect(screen.queryByText("Recent rooms")).toBeNull();
    expect(document.activeElement).toBe(room());
  });
});

describe("the name", () => {
  const name = () => screen.getByRole("textbox", { name: "Name" }) as HTMLInputElement;

  it("keeps spaces while one types, and drops an emoji that does not fit as a whole", () => {
    start();
    fireEvent.change(name(), { target: { value: "Kim Minji " } });
    expect(name().value).toBe("Kim Minji ");
    fireEvent.change(name(), { target: { value: `${"x".repeat(63)}👩‍👧` } });
    expect(name().value).toBe("x".repeat(63));
    fireEvent.change(name(), { target: { value: `${"x".repeat(63)}😀` } });
    expect(name().value).toBe(`${"x".repeat(63)}😀`);
  });
});

describe("devices", () => {
  it("are opened only after a click, with an explanation before", () => {
    const { call } = start();
    expect(call.actions).toEqual([]);
    screen.getByText(/Nobody sees or hears you before you join/);
    fireEvent.click(screen.getByRole("button", { name: "Turn on camera" }));
    expect(call.actions).toEqual([["setCamera", true]]);
  });

  it("explain a denied camera, with its detail, and are not needed to join", () => {
    const error = { code: "denied", detail: "NotAllowedError: no" } as const;
    const { call } = start(
      { self: { ...IDLE.self, camera: { status: "error", error, track: null } } },
      "daily",
    );
    screen.getByText("The camera is blocked");
    screen.getByText("NotAllowedError: no");
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(call.actions).toEqual([["setCamera", true]]);
    join();
    expect(call.actions.at(-1)?.[0]).toBe("join");
  });

  const LISTENING = { ...INCAPABLE, calls: true };
  it.each([
    ["browser", "en", "webview", LISTENING, ["insecure-page"], /Camera and microphone need https/],
    ["browser", "ko", "webview", LISTENING, ["insecure-page"], /https:\/\/ 주소에서만/],
    ["browser", "en", "webview", LISTENING, [], /This browser offers no camera or microphone/],
    ["browser", "en", "none", INCAPABLE, [], /This browser cannot carry calls/],
    ["desktop", "en", "none", INCAPABLE, [], /This window cannot carry calls/],
  ] as const)("are not offered if there are none (%s, %s, %s, %o, %j)", (...given) => {
    const [host, language, kind, capabilities, problems, words] = given;
    const engine = { kind, capabilities, problems };
    renderView(<Start />, { ...IDLE, engine }, { host: fakeHost(host, { language }) });
    screen.getByText(words);
    expect(screen.queryByRole("button", { name: /Turn on|켜기/ })).toBeNull();
    if (host === "browser") expect(screen.queryByText(/open the room in a browser|This window/)).toBeNull();
    expect(screen.queryByTestId("engine-problems")).toBeNull();
  });

  it.each([
    ["camera", "setCamera", "Cancel turning on the camera"],
    ["microphone", "setMicrophone", "Cancel turning on the microphone"],
  ] as const)("can be cancelled while they are opening (%s)", (device, action, label) => {
    const opening = { status: "opening", error: null, track: null } as const;
    const { call } = start({ self: { ...IDLE.self, [device]: opening } });
    fireEvent.click(screen.getByRole("button", { name: label }));
    expect(call.actions).toEqual([[action, false]]);
    expect(screen.queryByRole("button", { name: label })).toBeNull();
  });
});

describe("an invitation", () => {
  const open = (room: string | null, settings: Partial<Settings>, initial = room ?? "") => {
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    return renderView(<Start initial={initial} />, IDLE, {
      host: fakeHost("browser", { language: "en", ...settings }, room),
    });
  };
  const heading = () => screen.getByRole("heading", { level: 1 }).textContent;
  const name = () => screen.getByRole("textbox", { name: "Name" });
  afterEach(() => vi.unstubAllGlobals());

  it("says to which room, asks for the name, and offers no other room", () => {
    open("our-home", { name: "" });
    expect(heading()).toBe("You are invited to“our-home”");
    expect(document.activeElement).toBe(name());
    expect(screen.queryByRole("button", { name: "Make up a new room ID" })).toBeNull();
    fireEvent.change(room(), { target: { value: "elsewhere" } });
    expect(heading()).toBe("A room ID is allyou need to meet");
    screen.getByRole("button", { name: "Make up a new room ID" });
  });

  it("does not ask for a name that is known", () => {
    open("our-home", { name: "Minji" });
    expect(heading()).toBe("You are invited to“our-home”");
    expect(document.activeElement).toBe(document.body);
  });

  it("is none without a link, or to a person who comes back", () => {
    open(null, { name: "" }, "our-home");
    expect(heading()).toBe("A room ID is allyou need to meet");
    expect(document.activeElement).toBe(document.body);
  });
});

it("says that a microphone is off, which others would notice first", () => {
  const off = "Your microphone is off. Turn it on to be heard.";
  const { call } = start();
  screen.getByText(off);
  const on = { status: "on", error: null, track: null } as const;
  act(() => call.set({ self: { ...IDLE.self, microphone: on } }));
  expect(screen.queryByText(off)).toBeNull();
});

it("shows why the server refused, until dismissed", () => {
  const { call } = start({
    notices: [{ key: "n", kind: { type: "refused", code: "room-full" }, detail: "close 4003" }],
  });
  expect(screen.getByRole("alert").textContent).toContain("This room is full");
  fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(call.actions).toEqual([["dismissNotice", "n"]]);
  expect(screen.queryByRole("alert")).toBeNull();
});

it("switches the language at once, also of the document", () => {
  renderView(<Start />, IDLE, { host: fakeHost("browser", { language: "en" }) });
  fireEvent.click(screen.getByRole("button", { name: "한국어" }));
  screen.getByRole("button", { name: "들어가기" });
  expect(document.documentElement.lang).toBe("ko");
});
