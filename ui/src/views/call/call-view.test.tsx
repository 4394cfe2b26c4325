// @vitest-environment jsdom
import { act, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState } from "../../call/types";
import {
  type FakeHost,
  fakeHost,
  IDLE,
  INCAPABLE,
  localTrack,
  person,
  QUIET,
  remoteTrack,
} from "../../gallery/fakes";
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
  participants: [person("a", "Ann"), person("b", "Ben", { state: { ...QUIET, hand: true } })],
};

const NO_ENGINE: CallState["engine"] = { kind: "none", capabilities: INCAPABLE, problems: [] };

function show(state: Partial<CallState> = {}, options: { narrow?: boolean; host?: FakeHost } = {}) {
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

describe("tiles", () => {
  it("show everyone with what they are doing", () => {
    show({ activeSpeaker: "a" });
    expect(screen.getAllByTestId("tile")).toHaveLength(3);
    expect(tile("a").dataset.speaking).toBe("true");
    within(tile("a")).getByRole("img", { name: "Microphone on" });
    within(tile("b")).getByRole("img", { name: "Muted" });
    within(tile("b")).getByRole("img", { name: "Hand raised" });
    within(tile("self")).getByText("민지 (you)");
  });

  it.each([
    ["connecting", "Connecting…"],
    ["reconnecting", "Reconnecting…"],
    ["failed", "No connection"],
  ] as const)("tell a link that is %s", (link, words) => {
    show({ participants: [person("a", "Ann", { link })] });
    expect(tile("a").dataset.link).toBe(link);
    within(tile("a")).getByText(words);
  });

  it("offer to try a failed link again, with its detail", () => {
    const { call } = show({ participants: [person("a", "Ann", { link: "failed", linkDetail: "no pair" })] });
    within(tile("a")).getByText("no pair");
    fireEvent.click(within(tile("a")).getByRole("button", { name: "Try again" }));
    expect(call.asked).toEqual([["retryLink", "a"]]);
  });

  it("say that no picture goes either way, once somebody would show one", () => {
    const problems = ["no-video-codec"] as const;
    const { call } = show({ participants: [person("a", "Ann", { problems, state: QUIET })] });
    expect(within(tile("a")).queryByText("No video codec in common")).toBeNull();
    act(() => call.set({ participants: [person("a", "Ann", { problems })] }));
    within(tile("a")).getByText("No video codec in common");
    const own = { ...JOINED.self, state: { ...QUIET, screen: true } };
    act(() => call.set({ self: own, participants: [person("a", "Ann", { problems, state: QUIET })] }));
    within(tile("a")).getByText("No video codec in common");
  });

  it("become large by a click, and equal again by another", () => {
    show();
    fireEvent.click(screen.getByRole("button", { name: "Show Ann large" }));
    const pin = screen.getByRole("button", { name: /Ann is large/ });
    expect(pin.getAttribute("aria-pressed")).toBe("true");
    fireEvent.click(pin);
    screen.getByRole("button", { name: "Show Ann large" });
  });

  it("let several screens be chosen between", () => {
    const sharing = { state: { ...QUIET, screen: true }, tracks: { screen: remoteTrack("screen", null) } };
    show({ participants: [person("a", "Ann", sharing), person("b", "Ben", sharing)] });
    const screens = screen.getByRole("radiogroup", { name: "Shared screens" });
    expect((within(screens).getByRole("radio", { name: "Ben" }) as HTMLInputElement).checked).toBe(true);
    fireEvent.click(within(screens).getByRole("radio", { name: "Ann" }));
    screen.getByRole("button", { name: /Ann's screen is large/ });
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
    expect(call.asked).toEqual([
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
  ] as const)("call off what is still opening, as its button says (%s)", (key, device, action, label) => {
    const { call } = show({ self: { ...JOINED.self, [device]: OPENING } });
    press(key);
    expect(call.asked).toEqual([[action, false]]);
    expect(screen.queryByRole("button", { name: label })).toBeNull();
    act(() => call.set({ self: { ...JOINED.self, [device]: OPENING } }));
    fireEvent.click(screen.getByRole("button", { name: label }));
    expect(call.asked).toEqual([
      [action, false],
      [action, false],
    ]);
  });

  it("are letters while a message is written, and Escape closes the panel", () => {
    const { call } = show();
    press("KeyC");
    const input = screen.getByRole("textbox", { name: "Message to everyone" });
    expect(document.activeElement).toBe(input);
    press("KeyM");
    expect(call.asked).toEqual([]);
    press("Escape");
    expect(screen.queryByRole("textbox", { name: "Message to everyone" })).toBeNull();
  });

  it("open the reactions, and return the focus", () => {
    const { call } = show();
    const opener = screen.getByRole("button", { name: "React" });
    opener.focus();
    press("KeyR");
    fireEvent.click(screen.getByRole("menuitem", { name: "Heart" }));
    expect(call.asked).toEqual([["react", "heart"]]);
    expect(document.activeElement).toBe(opener);
  });
});

describe("chat", () => {
  const open = (state: Partial<CallState> = {}) => {
    const shown = show(state);
    fireEvent.click(screen.getByRole("button", { name: /^Chat/ }));
    return { ...shown, input: screen.getByRole("textbox", { name: "Message to everyone" }) };
  };

  it("shows how many are unread, and none once it is open", () => {
    open({ unread: 2 });
    expect(screen.queryByRole("button", { name: "Chat, 2 unread" })).toBeNull();
  });

  it("sends by Enter, but not by the Enter that ends a syllable or with Shift", () => {
    const { call, input } = open();
    fireEvent.change(input, { target: { value: " 안녕 " } });
    fireEvent.keyDown(input, { key: "Enter", isComposing: true });
    fireEvent.keyDown(input, { key: "Enter", shiftKey: true });
    expect(call.asked).toEqual([]);
    fireEvent.keyDown(input, { key: "Enter" });
    expect(call.asked).toEqual([["sendChat", "안녕"]]);
    expect((input as HTMLTextAreaElement).value).toBe("");
    expect(screen.getAllByTestId("chat-message")).toHaveLength(1);
  });

  it("keeps a message that is too long, and says by how much", () => {
    const { call, input } = open();
    fireEvent.change(input, { target: { value: "x".repeat(4003) } });
    screen.getByText("3 characters too long");
    fireEvent.keyDown(input, { key: "Enter" });
    expect(call.asked).toEqual([]);
  });

  it.each([
    ["Escape", () => press("Escape")],
    ["the button in the dock", () => fireEvent.click(screen.getByRole("button", { name: /^Chat/ }))],
    ["the list of people", () => fireEvent.click(screen.getByRole("button", { name: "People" }))],
  ])("keeps what was written when it is closed by %s, and not once it is sent", (_, close) => {
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
    expect(call.asked).toEqual([["sendChat", "half a thought"]]);
    press("Escape");
    expect(reopen().value).toBe("");
  });

  it("opens links through the host", () => {
    const text = "see https://example.org/x.";
    const message = { key: "1", from: "a", name: "Ann", at: 0, text, undelivered: ["Ben"] };
    const { host } = open({ chat: [message] });
    const link = screen.getByRole("link", { name: "https://example.org/x" });
    expect(link.getAttribute("rel")).toContain("noopener");
    fireEvent.click(link);
    expect(host.opened).toEqual(["https://example.org/x"]);
    screen.getByText("Not delivered to Ben");
  });
});

it.each([
  ["built-in", "Built-in"],
  ["unplugged", "System default"],
])("ticks the camera that opens: the chosen one if it is there (%s)", (cameraId, ticked) => {
  const devices = [{ id: "built-in", kind: "camera", label: "Built-in" }] as const;
  show({ self: { ...JOINED.self, devices, cameraId } });
  fireEvent.click(screen.getByRole("button", { name: "Choose camera" }));
  const checked = screen.getAllByRole("menuitemradio", { checked: true });
  expect(checked.map(({ textContent }) => textContent)).toEqual([ticked]);
});

it("lists everyone with their state", () => {
  show({ participants: [person("a", "Ann", { link: "failed" }), person("b", "Ben", { absent: true })] });
  fireEvent.click(screen.getByRole("button", { name: "People" }));
  const [self, ann, ben] = screen.getAllByTestId("people-item") as [HTMLElement, HTMLElement, HTMLElement];
  within(self).getByText("민지 (you)");
  within(ann).getByText("No connection");
  within(ann).getByRole("img", { name: "Camera on" });
  within(ben).getByText(/Not connected to the server/);
});

it("says that the call goes on while the server is away", () => {
  show({ signaling: { kind: "reconnecting", attempt: 2, retryAt: null, detail: "1006" } });
  expect(screen.getByTestId("notice").textContent).toContain("The call goes on");
  screen.getByText("1006");
});

it("hints at the mute button when somebody speaks muted", () => {
  const { call } = show({
    self: { ...JOINED.self, microphone: { status: "off", error: null, track: null } },
  });
  act(() => call.emit({ type: "muted-speaking" }));
  screen.getByText(/You are muted/);
});

it("says plainly that a window carries no media, and opens the room in the browser", () => {
  const { host } = show({ engine: NO_ENGINE }, { host: fakeHost("desktop", { language: "en" }) });
  screen.getByText(/This window cannot carry/);
  fireEvent.click(screen.getByRole("button", { name: "Open this room in the browser" }));
  expect(host.opened).toEqual(["https://maru.example.org/r/daily"]);
  expect(screen.queryByRole("button", { name: /microphone/i })).toBeNull();
});

it("says to a browser without WebRTC that it is the browser, and offers it no other", () => {
  show({ engine: NO_ENGINE });
  screen.getByText(/This browser has no WebRTC/);
  expect(screen.queryByRole("button", { name: /browser/ })).toBeNull();
});

it("says on a page from http:// why there is no microphone, until dismissed", () => {
  const capabilities = { ...INCAPABLE, calls: true };
  show({ engine: { kind: "webview", capabilities, problems: ["insecure-page"] } });
  screen.getByText(/Camera and microphone need https/);
  fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByText(/Camera and microphone need https/)).toBeNull();
});

it("copies the link, and says so", async () => {
  const { host } = show({ participants: [] });
  fireEvent.click(screen.getAllByRole("button", { name: "Copy link" })[0] as HTMLElement);
  expect((await screen.findAllByText("Link copied")).length).toBeGreaterThan(0);
  expect(host.copied).toEqual(["https://maru.example.org/r/daily"]);
});

it("says when the link and technical details cannot be copied", async () => {
  const { host } = show({ participants: [person("a", "Ann", { link: "failed", linkDetail: "no pair" })] });
  host.copyText = async () => Promise.reject(new Error("denied"));
  fireEvent.click(within(tile("a")).getByRole("button", { name: "Copy" }));
  await within(tile("a")).findByRole("button", { name: "Could not copy" });
  fireEvent.click(screen.getByRole("button", { name: "Copy link" }));
  await screen.findByText("Could not copy", { selector: "[role=status]" });
});

describe("the link copied from the menu", () => {
  const copyFromMenu = () => {
    fireEvent.click(screen.getByRole("button", { name: "More" }));
    fireEvent.click(screen.getByRole("menuitem", { name: "Copy link" }));
  };

  it("is confirmed for the eye and the ear, for a moment", async () => {
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

  it("is there to be copied by hand where the clipboard refuses", async () => {
    const { host } = show();
    host.copyText = async () => Promise.reject(new Error("denied"));
    copyFromMenu();
    await screen.findByText("https://maru.example.org/r/daily");
    expect(screen.getByTestId("notice").textContent).toContain("could not be copied");
    fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByTestId("notice")).toBeNull();
  });
});

it("makes what a sheet covers inert on a narrow window", () => {
  show({}, { narrow: true });
  fireEvent.click(screen.getByRole("button", { name: /^Chat/ }));
  expect(document.querySelector(".call-stage")?.hasAttribute("inert")).toBe(true);
});
