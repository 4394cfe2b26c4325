import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Layout } from "../endpoint";
import { TransferModuleError } from "../module-exports";
import { FakeDisk } from "../testing/fake-file-system";
import {
  connect,
  content,
  expectSame,
  file,
  IS_BUILT,
  offer,
  type Side,
  startSides,
} from "../testing/worker-side";

vi.mock("../byte-channel", () => import("../testing/unwrapped-channel"));

describe.skipIf(!IS_BUILT)("what cannot go on", () => {
  let sides: [Side, Side];

  beforeEach(async () => {
    sides = await startSides();
  });

  afterEach(() => vi.unstubAllGlobals());

  it("waits for a folder that is gone, which the sender learns, and goes on by itself", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const target = new FakeDisk();
    target.gone = true;
    const bytes = content(3_000_000);
    const id = await offer(sender, receiver, [file("a", bytes)]);
    await receiver.accept(id, target);
    const at = await receiver.until(({ paused }) => paused.problem === "missing");
    expect(at).toMatchObject({ state: "paused", paused: { problemHere: true } });
    const sends = await sender.until(({ paused }) => paused.problem === "missing");
    expect(sends).toMatchObject({ state: "paused", paused: { problemHere: false } });

    // Also the next time that the two meet.
    sender.post({ type: "unlink", link: "2" });
    receiver.post({ type: "unlink", link: "1" });
    await sender.until(({ state }) => state === "waiting");
    connect(sides);
    await sender.until(({ state, paused }) => state === "paused" && paused.problem === "missing");
    // It reports its own state on its own.
    await receiver.until(({ state, paused }) => state === "paused" && paused.problemHere);
    expect(receiver.view.paused.problem).toBe("missing");
    target.gone = false;
    await receiver.until(({ state }) => state === "done");
    await sender.until(({ state }) => state === "done");
    expectSame(target.root.list().get("a") ?? new Uint8Array(), bytes);
  }, 30_000);

  it("ends what has more folders than a transfer may have, on both sides", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const id = await offer(sender, receiver, [file("a", content(10))]);
    const place = vi.spyOn(Layout.prototype, "place").mockImplementation(() => {
      throw new TransferModuleError("too-many-folders");
    });
    await receiver.accept(id);
    for (const side of sides) {
      const ended = await side.until(({ state }) => state === "failed");
      expect(ended.code).toBe("limit");
    }
    await vi.waitFor(() => expect([...receiver.disk.root.list().keys()]).toEqual(["maru-transfers/"]));
    place.mockRestore();
  });

  it("keeps the other transfers if one cannot be read after the page is loaded again", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const ids = [];
    for (const name of ["a", "b"]) {
      receiver.views.clear();
      const id = await offer(sender, receiver, [file(name, content(10))]);
      ids.push(id);
      sender.post({ type: "control", action: "pause", transfer: { id, direction: "send" } });
      await receiver.accept(id);
      await receiver.until((view) => view.id === id && view.paused.there);
    }
    const place = vi.spyOn(Layout.prototype, "place").mockImplementationOnce(() => {
      throw new TransferModuleError("too-many-folders");
    });
    const again = await receiver.reload(3);
    place.mockRestore();
    await vi.waitFor(() => expect(again.views.size).toBe(1));
    expect(ids).toContain(again.view.id);
  });
});
