import { expect, it, vi } from "vitest";
import { MAX_WAIT_MS } from "../../src/call/seat-wait";
import type { SignalingEvent } from "../../src/host/types";
import { Person, server } from "./people";

const full = (retryAfter?: number): SignalingEvent => ({
  type: "status",
  status: { kind: "refused", code: "room-full", detail: "", ...(retryAfter ? { retryAfter } : {}) },
});

/** Somebody who joins a room that is full until `seats` is called. */
function outside(retryAfter?: number) {
  const a = new Person("A");
  const join = vi.spyOn(server, "join").mockImplementation((host) => host.emit(full(retryAfter)));
  a.call.join("daily", "A");
  return { a, join, seats: () => join.mockRestore() };
}

it("a full room is entered as soon as a kept seat is free", async () => {
  const { a, seats } = outside(15_000);
  expect(a.state).toMatchObject({ phase: "joining", waitingForSeat: true, notices: [] });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(a.state).toMatchObject({ phase: "joining", waitingForSeat: true, notices: [] });
  seats();
  await vi.advanceTimersByTimeAsync(5_300);
  await server.flush();
  expect(a.state).toMatchObject({ phase: "joined", waitingForSeat: false });
});

it("is tried again right after the moment that the server named", async () => {
  const { join } = outside(400);
  await vi.advanceTimersByTimeAsync(399);
  expect(join).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(601);
  expect(join).toHaveBeenCalledTimes(2);
});

it("can be cancelled, and then nothing is tried any more", async () => {
  const { a, join } = outside(15_000);
  a.call.leave();
  expect(a.state).toMatchObject({ phase: "idle", waitingForSeat: false });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(join).toHaveBeenCalledTimes(1);
});

it("is refused at once where everybody is there", () => {
  const { a } = outside();
  expect(a.state).toMatchObject({ phase: "idle", waitingForSeat: false });
  expect(a.state.notices).toMatchObject([{ kind: { type: "refused", code: "room-full" } }]);
});

it("is refused at last where seats are kept again and again", async () => {
  const { a } = outside(15_000);
  await vi.advanceTimersByTimeAsync(MAX_WAIT_MS + 5_000);
  expect(a.state).toMatchObject({ phase: "idle", waitingForSeat: false });
  expect(a.state.notices).toHaveLength(1);
});
