import { expect, it, vi } from "vitest";
import { RelayedChannel, relayChannel } from "./relayed-channel";

class FakeRtcChannel {
  readyState = "connecting";
  binaryType = "";
  bufferedAmountLowThreshold = 0;
  bufferedAmount = 0;
  sent: unknown[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: unknown }) => void;
  onbufferedamountlow?: () => void;
  onclose?: () => void;

  send(data: string | Uint8Array): void {
    if (this.readyState !== "open") throw new Error("not open");
    this.sent.push(typeof data === "string" ? data : [...data]);
    this.bufferedAmount += data.length;
  }

  /** The network took it. */
  drain(): void {
    this.bufferedAmount = 0;
    this.onbufferedamountlow?.();
  }

  close(): void {
    this.readyState = "closed";
    this.onclose?.();
  }
}

it("a channel that stays with the page is used as one that does not", async () => {
  const rtc = new FakeRtcChannel();
  const port = relayChannel(rtc as unknown as RTCDataChannel, 4);
  const channel = new RelayedChannel(port, 4);
  const listener = { opened: vi.fn(), message: vi.fn(), low: vi.fn(), closed: vi.fn() };
  channel.on(listener);
  expect(() => channel.send("early")).toThrow();
  rtc.readyState = "open";
  rtc.onopen?.();
  await vi.waitFor(() => expect(listener.opened).toHaveBeenCalled());

  channel.send("hi");
  channel.send(Uint8Array.of(1, 2, 3, 4, 5));
  // Counted at once: the page has not even received it.
  expect(channel.bufferedAmount).toBe(7);
  await vi.waitFor(() => expect(rtc.sent).toEqual(["hi", [1, 2, 3, 4, 5]]));
  expect(listener.low).not.toHaveBeenCalled();
  rtc.drain();
  await vi.waitFor(() => expect(listener.low).toHaveBeenCalledOnce());
  expect(channel.bufferedAmount).toBe(0);

  rtc.onmessage?.({ data: "there" });
  await vi.waitFor(() => expect(listener.message).toHaveBeenCalledWith("there"));
  channel.close();
  await vi.waitFor(() => expect(rtc.readyState).toBe("closed"));
});
