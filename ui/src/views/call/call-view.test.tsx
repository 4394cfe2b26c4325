// @vitest-environment jsdom
import { act, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import { ALL_OFF } from "../../call/media-state";
import type { CallState } from "../../call/types";
import { fakeHost, IDLE, INCAPABLE, localTrack, remoteParticipant, remoteTrack } from "../../gallery/fakes";
import { CallView } from "./call-view";

const JOINED: CallState = {
  ...IDLE,
  phase: "joined",
  room: "daily",
  joinedAt: 0,
  signaling: { kind: "online" },
  self: {
    ...IDLE.self,
    id: "me",
    microphone: { status: "on", error: null, track: localTrack("microphone", null) },
  },
  participants: [
    remoteParticipant("a", "Ann"),
    remoteParticipant("b", "Ben", { state: { ...ALL_OFF, hand: true } }),
  ],
};

const NO_ENGINE: CallState["engine"] = { kind: "none", capabilities: INCAPABLE, problems: [] };

function show(state: Partial<CallState> = {}, options: Parameters<typeof renderView>[2] = {}) {
  const onSheet = vi.fn();
  return {
    ...renderView(<CallView sheet={null} onSheet={onSheet} />, { ...JOINED, ...state }, options),
    onSheet,
  };
}
const OPENING = { status: "opening", error: null, track: null } as const;
const press = (code: string, more: object = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { code, ...more });
const tile = (id: string) => {
  const found = screen.getAllByTestId("tile").find((one) => one.dataset.participant === id);
  if (!found) throw new Error(`no tile for ${id}`);
  return found;
};
const pinOf = (name: string) => screen.getByRole("button", { name: `Show ${name} large` });
const isLarge = (name: string) => pinOf(name).getAttribute("aria-pressed") === "true";

describe("tiles", () => {
  it("show everyone with their media state", () => {
    show({ activeSpeaker: "key-a" });
    expect(screen.getAllByTestId("tile")).toHaveLength(3);
    expect(tile("a").dataset.speaking).toBe("true");
    within(tile("a")).getByRole("img", { name: "Microphone on" });
    within(tile("b")).getByRole("img", { name: "Muted" });
    within(tile("b")).getByRole("img", { name: "Hand raised" });
    within(tile("self")).getByText("민지 (you)");
  });

  it.each(["self", "a"])("have the colours of the avatar in them: %s", (id) => {
    show();
    const avatar = tile(id).querySelector<HTMLElement>(".avatar");
    expect(avatar?.style.getPropertyValue("--person-a")).toBe(tile(id).style.getPropertyValue("--person-a"));
  });

  it.each([
    ["connecting", "Connecting…"],
    ["reconnecting", "Reconnecting…"],
    ["failed", "No connection"],
  ] as const)("show a link that is %s", (link, words) => {
    show({ participants: [remoteParticipant("a", "Ann", { link })] });
    expect(tile("a").dataset.link).toBe(link);
    within(tile("a")).getByText(words);
  });

  it("offer to retry a failed link, with its error", () => {
    const { call } = show({
      participants: [remoteParticipant("a", "Ann", { link: "failed", linkError: "no pair" })],
    });
    within(tile("a")).getByText("no pair");
    fireEvent.click(within(tile("a")).getByRole("button", { name: "Try again" }));
    expect(call.actions).toEqual([["retryLink", "a"]]);
  });

  it("show a missing video codec only while somebody would show a picture", () => {
    const problems = ["no-video-codec"] as const;
    const { call } = show({ participants: [remoteParticipant("a", "Ann", { problems, state: ALL_OFF })] });
    expect(within(tile("a")).queryByText("No video codec in common")).toBeNull();
    act(() => call.set({ participants: [remoteParticipant("a", "Ann", { problems })] }));
    within(tile("a")).getByText("No video codec in common");
    const own = { ...JOINED.self, state: { ...ALL_OFF, screen: true } };
    act(() =>
      call.set({ self: own, participants: [remoteParticipant("a", "Ann", { problems, state: ALL_OFF })] }),
    );
    within(tile("a")).getByText("No video codec in common");
  });

  it("become large with their button, and equal again with it", () => {
    show();
    fireEvent.click(pinOf("Ann"));
    expect(isLarge("Ann")).toBe(true);
    expect(isLarge("Ben")).toBe(false);
    fireEvent.click(pinOf("Ann"));
    expect(isLarge("Ann")).toBe(false);
  });

  it("become large with a double click, and stay where they are with a single one", () => {
    show();
    fireEvent.click(tile("a"));
    expect(isLarge("Ann")).toBe(false);
    fireEvent.doubleClick(tile("a"));
    expect(isLarge("Ann")).toBe(true);
    // Two quick presses of the button are two presses.
    fireEvent.doubleClick(pinOf("Ben"));
    expect(isLarge("Ann")).toBe(true);
    fireEvent.doubleClick(tile("a"));
    expect(isLarge("Ann")).toBe(false);
  });

  it("allow to select one of several screens", () => {
    const sharing = { state: { ...ALL_OFF, screen: true }, tracks: { screen: remoteTrack("screen", null) } };
    show({ participants: [remoteParticipant("a", "Ann", sharing), remoteParticipant("b", "Ben", sharing)] });
    const screens = screen.getByRole("radiogroup", { name: "Shared screens" });
    expect((within(screens).getByRole("radio", { name: "Ben" }) as HTMLInputElement).checked).toBe(true);
    fireEvent.click(within(screens).getByRole("radio", { name: "Ann" }));
    expect(isLarge("Ann's screen")).toBe(true);
  });
});

describe("somebody who is alone", () => {
  it.each([
    ["https://maru.example.org", /Send the invitation link/],
    ["http://192.168.0.7:7880", /Send the invitation link/],
    ["http://localhost:7880", /works only here/],
    ["http://127.0.0.1:7880", /works only here/],
  ])("learns whether others can open the link of %s", (server, help) => {
    const host = fakeHost("desktop", { language: "en" });
    show({ participants: [] }, { host: { ...host, roomLink: (room) => `${server}/r/${room}` } });
    screen.getByText(help);
  });
});

describe("one's own picture", () => {
  const CAMERA = { status: "on", error: null, track: localTrack("camera", null) } as const;
  const shown = () => show({ self: { ...JOINED.self, camera: CAMERA } });
  const mirrored = () => within(tile("self")).getByTestId("tile-video").classList.contains("video-mirrored");

  it("is a mirror, unless that is switched off", () => {
    const { host } = shown();
    expect(mirrored()).toBe(true);
    act(() => host.settings.set({ mirrorSelf: false }));
    expect(mirrored()).toBe(false);
  });

  it("can be hidden on its tile, with the focus kept, and shown again in the menu", () => {
    const { host } = shown();
    fireEvent.click(within(tile("self")).getByRole("button", { name: "Hide my picture from me" }));
    expect(host.settings.get().hideSelf).toBe(true);
    expect(screen.getAllByTestId("tile").map(({ dataset }) => dataset.participant)).toEqual(["a", "b"]);
    expect(screen.getByTestId("dock").contains(document.activeElement)).toBe(true);
    fireEvent.click(screen.getByRole("button", { name: "More" }));
    fireEvent.click(screen.getByRole("menuitem", { name: "Show my picture to me" }));
    expect(screen.getAllByTestId("tile")).toHaveLength(3);
  });

  it("is hidden while one is alone, too", () => {
    const { host } = show({ participants: [] });
    act(() => host.settings.set({ hideSelf: true }));
    expect(screen.queryByTestId("tile")).toBeNull();
    screen.getByText("Nobody else is here yet");
  });
});

describe("after a server restart, which changes every ID", () => {
  const sharing = { state: { ...ALL_OFF, screen: true }, tracks: { screen: remoteTrack("screen", null) } };
  const before = [remoteParticipant("a", "Ann"), remoteParticipant("b", "Ben", sharing)];
  const after = before.map((participant) => ({ ...participant, id: `new-${participant.id}` }));

  it("tiles are the same elements, and the pinned one stays large", () => {
    const { call } = show({ participants: before });
    const tiles = screen.getAllByTestId("tile");
    fireEvent.click(screen.getByRole("button", { name: "Show Ann large" }));
    act(() => call.set({ participants: after }));
    expect(screen.getAllByTestId("tile")).toEqual(tiles);
    expect(tile("new-a")).toBe(tiles.find((element) => element.dataset.participant === "new-a"));
    expect(isLarge("Ann")).toBe(true);
  });

  it("the list of people and the statistics stay open, and watch the new ID", () => {
    const { call } = show({ participants: before });
    press("KeyP");
    const [, ann] = screen.getAllByTestId("people-item") as [HTMLElement, HTMLElement];
    fireEvent.click(within(ann).getByTestId("quality-mark"));
    const panel = screen.getByRole("complementary", { name: "Connection to Ann" });
    expect(call.watched()).toEqual(["a"]);
    act(() => call.set({ participants: after }));
    expect(screen.getByRole("complementary", { name: "Connection to Ann" })).toBe(panel);
    expect(ann.isConnected).toBe(true);
    expect(call.watched()).toEqual(["new-a"]);
  });

  it("the active speaker and the names of reactions stay", () => {
    const reactions = [{ key: "r1", from: "key-a", reaction: "heart" as const }];
    const { call } = show({ participants: before, activeSpeaker: "key-a", reactions });
    act(() => call.set({ participants: after }));
    expect(tile("new-a").dataset.speaking).toBe("true");
    expect(document.querySelector(".reaction-name")?.textContent).toBe("Ann");
  });
});

describe("keys", () => {
  it("work from anywhere in the call", () => {
    const { call, onSheet } = show();
    press("KeyM");
    press("KeyV");
    press("KeyS");
    press("KeyH");
    press("Slash", { key: "?", shiftKey: true });
    expect(call.actions).toEqual([
      ["setMicrophone", false],
      ["setCamera", true],
      ["setScreen", true],
      ["setHand", true],
    ]);
    expect(onSheet).toHaveBeenCalledWith("shortcuts");
  });

  it.each([
    ["KeyM", "microphone", "setMicrophone", "Cancel turning on the microphone"],
    ["KeyV", "camera", "setCamera", "Cancel turning on the camera"],
    ["KeyS", "screen", "setScreen", "Cancel sharing"],
  ] as const)("cancel what is still opening, like its button (%s)", (key, device, action, label) => {
    const { call } = show({ self: { ...JOINED.self, [device]: OPENING } });
    press(key);
    expect(call.actions).toEqual([[action, false]]);
    expect(screen.queryByRole("button", { name: label })).toBeNull();
    act(() => call.set({ self: { ...JOINED.self, [device]: OPENING } }));
    fireEvent.click(screen.getByRole("button", { name: label }));
    expect(call.actions).toEqual([
      [action, false],
      [action, false],
    ]);
  });

  it("are letters while typing, and Escape closes the panel", () => {
    const { call } = show();
    press("KeyC");
    const input = screen.getByRole("textbox", { name: "Message to everyone" });
    expect(document.activeElement).toBe(input);
    press("KeyM");
    expect(call.actions).toEqual([]);
    press("Escape");
    expect(screen.queryByRole("textbox", { name: "Message to everyone" })).toBeNull();
  });

  it("open the reactions, and return the focus", () => {
    const { call } = show();
    const opener = screen.getByRole("button", { name: "React" });
    opener.focus();
    press("KeyR");
    fireEvent.click(screen.getByRole("menuitem", { name: "Heart" }));
    expect(call.actions).toEqual([["react", "heart"]]);
    expect(document.activeElement).toBe(opener);
  });
});

it.each([
  ["built-in", "Built-in"],
  ["unplugged", "System default"],
])("checks the camera that is opened: the selected one if it is present (%s)", (cameraId, ticked) => {
  const devices = [{ id: "built-in", kind: "camera", label: "Built-in" }] as const;
  show({ self: { ...JOINED.self, devices, cameraId } });
  fireEvent.click(screen.getByRole("button", { name: "Choose camera" }));
  const checked = screen.getAllByRole("menuitemradio", { checked: true });
  expect(checked.map(({ textContent }) => textContent)).toEqual([ticked]);
});

it("lists everyone with their media state", () => {
  show({
    participants: [
      remoteParticipant("a", "Ann", { link: "failed" }),
      remoteParticipant("b", "Ben", { absent: true }),
    ],
  });
  fireEvent.click(screen.getByRole("button", { name: "People" }));
  const [self, ann, ben] = screen.getAllByTestId("people-item") as [HTMLElement, HTMLElement, HTMLElement];
  within(self).getByText("민지 (you)");
  within(ann).getByText("No connection");
  within(ann).getByRole("img", { name: "Camera on" });
  within(ben).getByText(/Not connected to the server/);
});

it("shows that the call goes on while the server is unreachable", () => {
  show({ signaling: { kind: "reconnecting", attempt: 2, retryAt: null, detail: "1006" } });
  expect(screen.getByTestId("notice").textContent).toContain("The call goes on");
  screen.getByText("1006");
});

describe("addresses that both sides hide", () => {
  const hidden = (link: "connecting" | "failed" | "connected") => [
    remoteParticipant("a", "Ann", { link, problems: ["hidden-addresses"] }),
  ];
  const microphone = { status: "off", error: null, track: null } as const;
  const self = { ...JOINED.self, microphone };

  it("are explained on the tile, with the button that helps", () => {
    const { call } = show({ self, participants: hidden("connecting") });
    const state = within(tile("a"));
    state.getByText("Not connected yet");
    state.getByText(/or ask Ann to/);
    fireEvent.click(state.getByRole("button", { name: "Turn on microphone" }));
    expect(call.actions).toEqual([["setMicrophone", true]]);
    // On: the other side may still have to.
    expect(state.queryByRole("button", { name: "Turn on microphone" })).toBeNull();
    act(() => call.set({ participants: hidden("failed") }));
    within(tile("a")).getByText("Not connected yet");
    act(() => call.set({ participants: hidden("connected") }));
    expect(screen.queryByText("Not connected yet")).toBeNull();
  });

  it("are explained without a button where no device can be opened", () => {
    const engine = { ...JOINED.engine, capabilities: { ...INCAPABLE, calls: true } };
    show({ self, engine, participants: hidden("connecting") });
    screen.getByText(/It helps if Ann turns on/);
    expect(within(tile("a")).queryByRole("button", { name: "Turn on microphone" })).toBeNull();
  });
});

describe("a network that is down", () => {
  const LOST = { kind: "reconnecting", attempt: 2, retryAt: 10_000, detail: "1006" } as const;
  const participants = [
    remoteParticipant("a", "Ann", { link: "reconnecting" }),
    remoteParticipant("b", "Ben", { link: "reconnecting" }),
  ];

  it("is said once, with the next try, and not by every tile", () => {
    vi.useFakeTimers({ now: 7_000 });
    const { call } = show({ signaling: LOST, participants });
    expect(screen.getAllByTestId("notice")).toHaveLength(1);
    const banner = within(screen.getByTestId("notice"));
    banner.getByText("Your network is down.");
    expect(screen.queryByText("Reconnecting…")).toBeNull();
    expect(banner.getByRole("timer").textContent).toBe("Next try in 3 s");
    // The countdown is not read out.
    expect(banner.getByRole("timer").closest("[role=status], [role=log], [role=alert]")).toBeNull();
    act(() => vi.advanceTimersByTime(1_000));
    expect(banner.getByRole("timer").textContent).toBe("Next try in 2 s");
    fireEvent.click(banner.getByRole("button", { name: "Try now" }));
    expect(call.actions).toEqual([["retryServer"]]);
    act(() => call.set({ signaling: { ...LOST, retryAt: null } }));
    expect(banner.getByRole("timer").textContent).toBe("Trying…");
    act(() => call.set({ signaling: { kind: "online" } }));
    expect(screen.queryByTestId("notice")).toBeNull();
    expect(screen.getAllByText("Reconnecting…")).toHaveLength(2);
    vi.useRealTimers();
  });

  it("is known from the browser too", () => {
    const onLine = vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
    show({ signaling: LOST, participants: [] });
    expect(screen.getByTestId("notice").textContent).toContain("The connection to the server is lost");
    onLine.mockReturnValue(false);
    act(() => window.dispatchEvent(new Event("offline")));
    expect(screen.getByTestId("notice").textContent).toContain("Your network is down");
    onLine.mockRestore();
  });
});

it("shows a hint when somebody speaks while muted", () => {
  const { call } = show({
    self: { ...JOINED.self, microphone: { status: "off", error: null, track: null } },
  });
  act(() => call.emit({ type: "muted-speaking" }));
  screen.getByText(/You are muted/);
});

describe("somebody who has not turned on the microphone", () => {
  const off = { ...JOINED.self, microphone: { status: "off", error: null, track: null } as const };
  const hint = () => screen.queryByText(/nobody hears you/);

  it("is told once others are there, and can turn it on", () => {
    const { call } = show({ self: off, participants: [] });
    expect(hint()).toBeNull();
    act(() => call.set({ participants: JOINED.participants }));
    expect(hint()).not.toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Turn on microphone" }));
    expect(call.actions).toEqual([["setMicrophone", true]]);
    expect(hint()).toBeNull();
    // Off on purpose.
    act(() => call.setMicrophone(false));
    expect(hint()).toBeNull();
  });

  it("is not told again after the hint was dismissed", () => {
    const { call } = show({ self: off });
    fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(hint()).toBeNull();
    act(() => call.set({ participants: [] }));
    act(() => call.set({ participants: JOINED.participants }));
    expect(hint()).toBeNull();
  });

  it("is not told of a microphone that is muted on purpose", () => {
    show({ self: { ...off, microphone: { ...off.microphone, track: localTrack("microphone", null) } } });
    expect(hint()).toBeNull();
  });
});

it("shows a device that the system holds as off, says why, and opens it again on request", () => {
  const track = localTrack("microphone", null);
  const { call } = show({
    self: { ...JOINED.self, microphone: { status: "interrupted", error: null, track } },
  });
  within(tile("self")).getByRole("img", { name: "Muted" });
  const control = within(screen.getByTestId("dock")).getByRole("button", { name: "Mute microphone" });
  expect(control.querySelector(".lucide-mic-off")).not.toBeNull();
  screen.getByText(/has silenced your microphone/);
  fireEvent.click(screen.getByRole("button", { name: "Turn on again" }));
  expect(call.actions).toEqual([["setMicrophone", true]]);
});

it("explains that the window carries no media, and opens the room in the browser", () => {
  const { host } = show({ engine: NO_ENGINE }, { host: fakeHost("desktop", { language: "en" }) });
  screen.getByText(/This window cannot send or receive/);
  fireEvent.click(screen.getByRole("button", { name: "Open this room in the browser" }));
  expect(host.opened).toEqual(["https://maru.example.org/r/daily"]);
  expect(screen.queryByRole("button", { name: /microphone/i })).toBeNull();
});

it("explains that the browser has no WebRTC, without the button for a browser", () => {
  show({ engine: NO_ENGINE });
  screen.getByText(/This browser has no WebRTC/);
  expect(screen.queryByRole("button", { name: /browser/ })).toBeNull();
});

it("explains on a page from http:// why there is no microphone, until dismissed", () => {
  const capabilities = { ...INCAPABLE, calls: true };
  show({ engine: { kind: "webview", capabilities, problems: ["insecure-page"] } });
  screen.getByText(/Camera and microphone need https/);
  fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByText(/Camera and microphone need https/)).toBeNull();
});

it("copies the link, and confirms it", async () => {
  const { host } = show({ participants: [] }, { announced: true });
  fireEvent.click(screen.getAllByRole("button", { name: "Copy link" })[0] as HTMLElement);
  expect((await screen.findAllByText("Link copied")).length).toBeGreaterThan(0);
  expect(host.copied).toEqual(["https://maru.example.org/r/daily"]);
});

it("shows when the link and technical details cannot be copied", async () => {
  const { host } = show(
    { participants: [remoteParticipant("a", "Ann", { link: "failed", linkError: "no pair" })] },
    { announced: true },
  );
  host.copyText = async () => Promise.reject(new Error("denied"));
  fireEvent.click(within(tile("a")).getByRole("button", { name: "Copy" }));
  await within(tile("a")).findByRole("button", { name: "Could not copy" });
  fireEvent.click(screen.getByRole("button", { name: "Copy link" }));
  await screen.findByText("Could not copy", { selector: "[role=log] p" });
});

describe("the link copied from the menu", () => {
  const copyFromMenu = () => {
    fireEvent.click(screen.getByRole("button", { name: "More" }));
    fireEvent.click(screen.getByRole("menuitem", { name: "Copy link" }));
  };

  it("is confirmed visibly and to screen readers, for a moment", async () => {
    vi.useFakeTimers();
    try {
      const { host } = show();
      copyFromMenu();
      await act(() => vi.advanceTimersByTimeAsync(0));
      expect(host.copied).toEqual(["https://maru.example.org/r/daily"]);
      expect(screen.getByTestId("notice").textContent).toBe("Link copied");
      expect(screen.getAllByRole("status").map(({ textContent }) => textContent)).toContain("Link copied");
      await act(() => vi.advanceTimersByTimeAsync(10_000));
      expect(screen.queryByText("Link copied")).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it("is shown to be copied by hand if the clipboard refuses", async () => {
    const { host } = show();
    host.copyText = async () => Promise.reject(new Error("denied"));
    copyFromMenu();
    await screen.findByText("https://maru.example.org/r/daily");
    expect(screen.getByTestId("notice").textContent).toContain("could not be copied");
    fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByTestId("notice")).toBeNull();
  });
});

describe("in a narrow window", () => {
  const more = () => {
    fireEvent.click(screen.getByRole("button", { name: "More" }));
    return within(screen.getByRole("menu", { name: "More" }));
  };
  const controls = () =>
    within(screen.getByRole("region", { name: "Call controls" }))
      .getAllByRole("button")
      .map((button) => button.getAttribute("aria-label"));

  it("controls that do not fit are in the menu", () => {
    const { call } = show({}, { narrow: true });
    expect(controls()).toEqual([
      "Mute microphone",
      "Turn on camera",
      "Share screen",
      "Chat",
      "More",
      "Leave",
    ]);
    expect(
      more()
        .getAllByRole("menuitem")
        .map((item) => item.getAttribute("aria-label") ?? item.textContent),
    ).toEqual([
      "Applause",
      "Heart",
      "Thumbs up",
      "Laughing",
      "Surprise",
      "Party",
      "Raise hand",
      "People",
      "Choose microphone and speaker",
      "Choose camera",
      "Show who is speaking large",
      "Hide my picture from me",
      "Copy link",
      "Settings",
      "Keyboard shortcuts?",
    ]);
    fireEvent.click(screen.getByRole("menuitem", { name: "Raise hand" }));
    expect(call.actions).toEqual([["setHand", true]]);
  });

  it("the menu of devices opens from there, and the focus returns to their switch", () => {
    show({}, { narrow: true });
    fireEvent.click(more().getByRole("menuitem", { name: "Choose camera" }));
    const menu = screen.getByRole("menu", { name: "Choose camera" });
    expect(menu.contains(document.activeElement)).toBe(true);
    press("Escape", { key: "Escape" });
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Turn on camera" }));
  });

  it("their key opens the reactions, though they have no button", () => {
    const { call } = show({}, { narrow: true });
    press("KeyR");
    fireEvent.click(
      within(screen.getByRole("menu", { name: "React" })).getByRole("menuitem", { name: "Heart" }),
    );
    expect(call.actions).toEqual([["react", "heart"]]);
  });

  it("without a keyboard, no shortcuts are offered", () => {
    show({}, { narrow: true, touch: true });
    expect(more().queryByRole("menuitem", { name: /Keyboard/ })).toBeNull();
  });

  it("panels have a way back at their beginning, which returns the focus", () => {
    show({}, { narrow: true });
    const opener = screen.getByRole("button", { name: "Chat" });
    opener.focus();
    fireEvent.click(opener);
    const panel = screen.getByRole("complementary", { name: "Chat" });
    const back = within(panel).getByRole("button", { name: "Back" });
    expect(panel.querySelector("button")).toBe(back);
    expect(back.getAttribute("aria-keyshortcuts")).toBe("Escape");
    expect(within(panel).queryByRole("button", { name: "Close" })).toBeNull();
    fireEvent.click(back);
    expect(screen.queryByRole("complementary")).toBeNull();
    expect(document.activeElement).toBe(opener);
  });
});

describe("Space", () => {
  const muted = { status: "off", error: null, track: localTrack("microphone", null) } as const;
  const down = (more: object = {}) => press("Space", { key: " ", ...more });
  const up = () => fireEvent.keyUp(document.activeElement ?? document.body, { code: "Space", key: " " });

  it.each([
    ["it is released", up],
    ["the window loses the focus", () => fireEvent.blur(window)],
  ])("turns a muted microphone on until %s", (_, end) => {
    const { call } = show({ self: { ...JOINED.self, microphone: muted } });
    down();
    down({ repeat: true });
    expect(call.actions).toEqual([["setMicrophone", true]]);
    end();
    up();
    expect(call.actions).toEqual([
      ["setMicrophone", true],
      ["setMicrophone", false],
    ]);
  });

  it("does nothing to a microphone that is on or closed, on a control, or while typing", () => {
    const { call } = show();
    down();
    up();
    act(() => call.set({ self: { ...JOINED.self, microphone: { ...muted, track: null } } }));
    down();
    act(() => call.set({ self: { ...JOINED.self, microphone: muted } }));
    screen.getByRole("button", { name: "Chat" }).focus();
    down();
    fireEvent.click(screen.getByRole("button", { name: "Chat" }));
    down();
    expect(call.actions).toEqual([]);
  });

  it("does nothing while shortcuts are switched off", () => {
    const host = fakeHost("browser", { language: "en", shortcuts: false });
    const { call } = show({ self: { ...JOINED.self, microphone: muted } }, { host });
    down();
    expect(call.actions).toEqual([]);
  });
});

describe("with shortcuts switched off", () => {
  const off = () => fakeHost("browser", { language: "en", shortcuts: false });

  it("no key does anything but Escape, and none is printed", () => {
    const { call, onSheet } = show({}, { host: off() });
    for (const code of ["KeyM", "KeyC", "KeyG"]) press(code);
    press("Slash", { key: "?", shiftKey: true });
    expect(call.actions).toEqual([]);
    expect(onSheet).not.toHaveBeenCalled();
    const mute = screen.getByRole("button", { name: "Mute microphone" });
    expect([mute.dataset.tip, mute.getAttribute("aria-keyshortcuts")]).toEqual(["Mute microphone", null]);
    fireEvent.click(screen.getByRole("button", { name: "Chat" }));
    press("Escape");
    expect(screen.queryByRole("complementary")).toBeNull();
  });

  it("they work again as soon as they are switched on", () => {
    const { call, host } = show({}, { host: off() });
    act(() => host.settings.set({ shortcuts: true }));
    expect(screen.getByRole("button", { name: "Mute microphone" }).dataset.tip).toBe("Mute microphone  M");
    press("KeyM");
    expect(call.actions).toEqual([["setMicrophone", false]]);
  });
});

describe("a control whose name says what it does next", () => {
  it("has no pressed state besides, which would contradict it", () => {
    const screenOn = { status: "on", error: null, track: localTrack("screen", null) } as const;
    show({ self: { ...JOINED.self, screen: screenOn, state: { ...ALL_OFF, hand: true } } });
    for (const name of ["Lower hand", "Mute microphone", "Turn on camera"])
      expect(screen.getByRole("button", { name }).hasAttribute("aria-pressed")).toBe(false);
    for (const button of screen.getAllByRole("button", { name: "Stop sharing" }))
      expect(button.hasAttribute("aria-pressed")).toBe(false);
  });

  it("is a panel's otherwise: the same name, and pressed", () => {
    show();
    const people = screen.getByRole("button", { name: "People" });
    fireEvent.click(people);
    expect([people.getAttribute("aria-label"), people.getAttribute("aria-pressed")]).toEqual([
      "People",
      "true",
    ]);
  });
});

describe("raised hands", () => {
  const raised = { state: { ...ALL_OFF, hand: true } };

  it("are numbered in the order they were raised, and sort the list of people", () => {
    const { call } = show({
      participants: [remoteParticipant("a", "Ann"), remoteParticipant("b", "Ben", raised)],
    });
    within(tile("b")).getByRole("img", { name: "Hand raised" });
    act(() =>
      call.set({
        participants: [remoteParticipant("a", "Ann", raised), remoteParticipant("b", "Ben", raised)],
      }),
    );
    within(tile("b")).getByRole("img", { name: "Hand raised, 1st" });
    within(tile("a")).getByRole("img", { name: "Hand raised, 2nd" });
    press("KeyH");
    within(tile("self")).getByRole("img", { name: "Hand raised, 3rd" });
    press("KeyP");
    const people = () => screen.getAllByTestId("people-item").map(({ dataset }) => dataset.participant);
    expect(people()).toEqual(["b", "a", "self"]);
    act(() =>
      call.set({ participants: [remoteParticipant("a", "Ann", raised), remoteParticipant("b", "Ben")] }),
    );
    expect(people()).toEqual(["a", "self", "b"]);
    within(tile("a")).getByRole("img", { name: "Hand raised, 1st" });
  });
});

it("copying the details of one notice leaves the other as it was", async () => {
  const notices = ["a", "b"].map((id) => ({
    key: id,
    kind: { type: "link-failed" as const, participant: id, name: id },
    detail: `detail ${id}`,
  }));
  const { host } = show({ notices });
  const [first, second] = screen.getAllByTestId("notice") as [HTMLElement, HTMLElement];
  fireEvent.click(within(first).getByRole("button", { name: "Copy" }));
  await within(first).findByRole("button", { name: "Copied" });
  within(second).getByRole("button", { name: "Copy" });
  expect(host.copied).toEqual(["detail a"]);
});

it("makes the stage inert while a panel covers it in a narrow window", () => {
  show({}, { narrow: true });
  fireEvent.click(screen.getByRole("button", { name: /^Chat/ }));
  expect(document.querySelector(".call-stage")?.hasAttribute("inert")).toBe(true);
});
