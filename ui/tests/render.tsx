/** Renders a view with a fake call and host, and stubs what jsdom lacks. */
import { cleanup, render } from "@testing-library/react";
import type { ReactElement } from "react";
import { afterEach } from "vitest";
import { Localised } from "../src/app";
import { Transfers } from "../src/call/transfers";
import type { CallState } from "../src/call/types";
import { type FakeCall, type FakeHost, fakeCall, fakeHost } from "../src/gallery/fakes";
import { MaruContext } from "../src/views/hooks/maru-context";

class FixedSize {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver ??= FixedSize as unknown as typeof ResizeObserver;
Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 1200 });
Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 700 });
HTMLMediaElement.prototype.play = async () => undefined;
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.setAttribute("open", "");
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.removeAttribute("open");
};

let narrow = false;
window.matchMedia ??= (query: string) =>
  ({
    matches: query.includes("max-width") && narrow,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;

afterEach(() => {
  cleanup();
  narrow = false;
});

export interface Rendered {
  call: FakeCall;
  host: FakeHost;
}

interface Options {
  host?: FakeHost;
  /** As in a window of at most 860 px. */
  narrow?: boolean;
}

/** In English. */
export function renderView(view: ReactElement, state: CallState, options: Options = {}): Rendered {
  narrow = options.narrow ?? false;
  const call = fakeCall(state);
  const host = options.host ?? fakeHost("browser", { language: "en" });
  const transfers = host.files ? new Transfers(host.files, call) : null;
  render(
    <MaruContext value={{ call, host, transfers }}>
      <Localised>{view}</Localised>
    </MaruContext>,
  );
  return { call, host };
}
