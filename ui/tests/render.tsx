/** Renders a view with a fake call and host, and stubs what jsdom lacks. */
import { cleanup, render } from "@testing-library/react";
import type { ReactElement } from "react";
import { afterEach } from "vitest";
import { Localised } from "../src/app";
import { Transfers } from "../src/call/transfers";
import type { CallState } from "../src/call/types";
import { type FakeCall, type FakeHost, fakeCall, fakeHost } from "../src/gallery/fakes";
import { Announcements } from "../src/views/announcements";
import { MaruContext } from "../src/views/hooks/maru-context";

let narrow = false;

class FixedSize {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver ??= FixedSize as unknown as typeof ResizeObserver;
Object.defineProperty(HTMLElement.prototype, "clientWidth", {
  configurable: true,
  get: () => (narrow ? 400 : 1200),
});
Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 700 });
HTMLMediaElement.prototype.play = async () => undefined;
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.setAttribute("open", "");
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.removeAttribute("open");
};

let touch = false;
window.matchMedia ??= (query: string) =>
  ({
    matches: (query.includes("max-width") && narrow) || (query.includes("hover: none") && touch),
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;

afterEach(() => {
  cleanup();
  narrow = false;
  touch = false;
});

export interface Rendered {
  call: FakeCall;
  host: FakeHost;
}

interface Options {
  host?: FakeHost;
  /** The same call again, with the state that is given. */
  call?: FakeCall;
  /** As in a window of 400 px. */
  narrow?: boolean;
  /** With the live region of the page. */
  announced?: boolean;
  /** Without a mouse and a keyboard. */
  touch?: boolean;
}

/** In English. */
export function renderView(view: ReactElement, state: CallState, options: Options = {}): Rendered {
  narrow = options.narrow ?? false;
  touch = options.touch ?? false;
  const call = options.call ?? fakeCall(state);
  if (options.call) call.set(state);
  const host = options.host ?? fakeHost("browser", { language: "en" });
  const transfers = host.files ? new Transfers(host.files, call) : null;
  render(
    <MaruContext value={{ call, host, transfers }}>
      <Localised>{options.announced ? <Announcements>{view}</Announcements> : view}</Localised>
    </MaruContext>,
  );
  return { call, host };
}
