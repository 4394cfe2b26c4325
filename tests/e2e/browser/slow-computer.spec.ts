import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";

/** As in a busy page: it learns late that a description was applied, and would make its own offer in between. */
function applyLate(): void {
  const { prototype } = RTCPeerConnection;
  const apply: (description: RTCSessionDescriptionInit) => Promise<void> = prototype.setRemoteDescription;
  prototype.setRemoteDescription = async function (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ) {
    await apply.call(this, description);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  };
}

/** As in a busy page: it gets `negotiationneeded` when the other side's offer is already there. */
function offerLate(): void {
  const { set } = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, "onnegotiationneeded") ?? {};
  if (!set) throw new Error("no onnegotiationneeded");
  Object.defineProperty(RTCPeerConnection.prototype, "onnegotiationneeded", {
    set(this: RTCPeerConnection, handler: ((event: Event) => void) | null) {
      const late = (event: Event) => setTimeout(() => this.onnegotiationneededLate?.(event), 1_000);
      this.onnegotiationneededLate = handler;
      set.call(this, handler && late);
    },
  });
  // And the other side's first offer arrives when the own offer has been started.
  const { set: listen } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage") ?? {};
  if (!listen) throw new Error("no onmessage");
  Object.defineProperty(WebSocket.prototype, "onmessage", {
    set(this: WebSocket, handler: (event: MessageEvent) => void) {
      listen.call(this, (event: MessageEvent) => {
        if (String(event.data).includes('"type":"offer"')) setTimeout(() => handler.call(this, event), 900);
        else handler.call(this, event);
      });
    },
  });
}

declare global {
  interface RTCPeerConnection {
    onnegotiationneededLate?: ((event: Event) => void) | null;
  }
  var descriptionsSent: number;
}

/** Counts descriptions on their way to the server. */
function countDescriptions(): void {
  globalThis.descriptionsSent = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (String(data).includes('"description"')) globalThis.descriptionsSent += 1;
    send.call(this, data);
  };
}

const sent = (page: Page) => page.evaluate(() => globalThis.descriptionsSent);

for (const [what, slow] of [
  ["applies a description late", applyLate],
  ["is asked for its offer late", offerLate],
] as const)
  test(`a newcomer whose computer ${what} does not negotiate for ever`, async ({ enter, visit }) => {
    const minji = await enter("Minji");
    const juno = await visit("Juno", { prepare: slow });
    await juno.page.evaluate(countDescriptions);
    await juno.turnOn("camera");
    await juno.turnOn("microphone");
    await juno.join();
    await minji.expectConnectedTo(juno);
    await juno.expectConnectedTo(minji);
    await juno.expectToSeeAndHear(minji);
    await minji.expectToSeeAndHear(juno);
    // Two sides that repeat the same offer for ever send it tens of times a second.
    expect(await sent(juno.page)).toBeLessThan(8);
  });
