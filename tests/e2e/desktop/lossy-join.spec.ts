import { test } from "./lab-test";
import { joinAs, requireNativeEngine, showCall } from "./native";
import { expect } from "./test";

test("joining a call works at 10 % packet loss", async ({ app, lab, visit, room }) => {
  await showCall(app.window);
  await requireNativeEngine(app);
  await joinAs(app.window, room, "Desk");
  const guest = await visit("Guest");
  // A handshake loses a critical datagram only sometimes, so it is repeated.
  for (let round = 0; round < 8; round += 1) {
    await lab.set({ delayMs: 10, loss: 0.1 });
    await guest.join();
    // Sooner than the time-out after which the link would start again.
    await expect
      .poll(async () => (await guest.seen("Desk"))?.link, { message: `join ${round}`, timeout: 20_000 })
      .toBe("connected");
    await lab.set({});
    await guest.leave();
    await expect.poll(() => app.window.evaluate("return __maruCall.getState().participants.length")).toBe(0);
  }
});
