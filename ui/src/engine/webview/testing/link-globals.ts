import { afterEach, beforeEach, vi } from "vitest";
import { FakeMediaStream } from "./fake-media";

/** What links use of a browser beside the connection, and time under the test's control, for each test of a file. */
export function stubLinkGlobals(): void {
  beforeEach(() => {
    vi.stubGlobal("MediaStream", FakeMediaStream);
    vi.stubGlobal("addEventListener", () => {});
    vi.stubGlobal("removeEventListener", () => {});
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}
