import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SelectedFile } from "../selected-file";
import { FakeDisk } from "../testing/fake-file-system";
import {
  bytesOf,
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

describe.skipIf(!IS_BUILT)("transfers for which the browser has no room, or no file system", () => {
  let sides: [Side, Side];

  beforeEach(async () => {
    sides = await startSides();
  });

  afterEach(() => vi.unstubAllGlobals());

  it("pauses while the disk is full, and goes on when it is not", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const bytes = content(6_000_000);
    const id = await offer(sender, receiver, [file("a", bytes)]);
    await receiver.accept(id);
    receiver.disk.free = 3_000_000;
    await receiver.until(({ paused }) => paused.problem === "disk-full");
    await sender.until(({ paused }) => paused.problem === "disk-full");
    receiver.disk.free = Number.POSITIVE_INFINITY;
    receiver.post({ type: "control", action: "resume", transfer: { id, direction: "receive" } });
    await receiver.until(({ state }) => state === "done");
    expectSame(await bytesOf((await receiver.download()).content), bytes);
  });

  it("refuses what there is no room for, and the offer stays", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    // Either may be the one whose disk the process has just now.
    for (const { disk } of sides) disk.free = 1_000_000;
    const id = await offer(sender, receiver, [file("a", content(2_000_000))]);
    // Said before it is accepted.
    await receiver.until(({ code }) => code === "too-large");
    expect(await receiver.accept(id)).toMatchObject({ ok: false, code: "too-large" });
    expect(receiver.view.state).toBe("offered");
    // A folder of the person may have room.
    expect(await receiver.accept(id, new FakeDisk())).toEqual({ ok: true });
    await receiver.until(({ state, code }) => state === "done" && code === null);
  });

  it("is kept in memory where the browser has no file system", async () => {
    const [sender, receiver] = sides;
    vi.stubGlobal("FileSystemFileHandle", class {});
    connect(sides);
    const bytes = content(2_500_000);
    const id = await offer(sender, receiver, [file("a", bytes)]);
    await receiver.accept(id);
    expectSame(await bytesOf((await receiver.download()).content), bytes);
    expect([...receiver.disk.root.list().keys()]).toEqual(["maru-transfers/"]);
  });

  it("is no matter of memory where downloads can be streamed, however small", async () => {
    const [sender, receiver] = sides;
    vi.stubGlobal("FileSystemFileHandle", class {});
    connect(sides);
    const bytes = content(10);
    const id = await offer(sender, receiver, [file("a", bytes)]);
    expect(await receiver.accept(id, null, "possible")).toMatchObject({ ok: false, code: "too-large" });
    expect(receiver.view.state).toBe("offered");
    await receiver.accept(id, null, "prepared");
    expectSame(await (await receiver.stream()).readAll(), bytes);
    await receiver.until(({ state }) => state === "done");
  });

  describe("streamed to a download, without room", () => {
    const BYTES = content(40 * 1_048_576 + 5);

    async function streamed(...selection: SelectedFile[]) {
      const [sender, receiver] = sides;
      receiver.disk.free = 1_000_000;
      receiver.post({ type: "streams" });
      connect(sides);
      const id = await offer(sender, receiver, selection);
      expect(receiver.view.code).toBeNull();
      expect(await receiver.accept(id, null, "possible")).toMatchObject({ ok: false, code: "too-large" });
      expect(await receiver.accept(id, null, "prepared")).toMatchObject({ ok: true });
      return { id, sender, receiver, content: await receiver.stream() };
    }

    it("has a file as it was, and is done once the browser has all of it", async () => {
      const { sender, receiver, content } = await streamed(file("a", BYTES));
      expect(content.name).toBe("a");
      // More than is taken without being read.
      await receiver.until(({ transferred }) => transferred > 16 << 20);
      expect(receiver.view.transferred).toBeLessThan(BYTES.length);
      expectSame(await content.readAll(), BYTES);
      const done = await receiver.until(({ state }) => state === "done");
      expect(done).toMatchObject({ canOpen: false, filesDone: 1, code: null });
      await sender.until(({ state }) => state === "done");
      expect(receiver.messages.some(({ type }) => type === "download")).toBe(false);
    });

    it("goes on over another connection, from what it has", async () => {
      const { sender, receiver, content } = await streamed(file("a", BYTES));
      const first = await content.read();
      sender.post({ type: "unlink", link: "2" });
      receiver.post({ type: "unlink", link: "1" });
      await receiver.until(({ state }) => state === "waiting");
      let sent = 0;
      connect(sides, (bytes) => {
        sent += bytes;
        return true;
      });
      expectSame(Buffer.concat([first ?? Buffer.of(), await content.readAll()]), BYTES);
      await sender.until(({ state }) => state === "done");
      expect(sent).toBeLessThan(BYTES.length);
    });

    it("is cancelled with the download", async () => {
      const { sender, receiver, content } = await streamed(file("a", BYTES));
      content.cancel();
      await receiver.until(({ state }) => state === "cancelled");
      await sender.until(({ state }) => state === "cancelled");
    });

    it("fails with the transfer, also while the browser reads nothing", async () => {
      const { id, sender, receiver, content } = await streamed(file("a", BYTES));
      await content.read();
      await receiver.until(({ transferred }) => transferred > 16 << 20);
      sender.post({ type: "control", action: "cancel", transfer: { id, direction: "send" } });
      await receiver.until(({ state }) => state === "cancelled");
      await expect(content.readAll()).rejects.toThrow("aborted");
    });

    it("fails where a file of the archive does of which it has a part", async () => {
      const changing = new File([BYTES], "b", { lastModified: 1_700_000_000_000 });
      const { sender, receiver, content } = await streamed(file("a", BYTES.slice(0, 9)), {
        path: "b",
        file: changing,
      });
      expect(content.name).toBe("maru.zip");
      await receiver.until(({ transferred }) => transferred > 16 << 20);
      vi.spyOn(changing, "slice").mockImplementation(() => {
        throw new DOMException("changed", "NotReadableError");
      });
      await expect(content.readAll()).rejects.toThrow("aborted");
      await receiver.until(({ state }) => state === "failed");
      await sender.until(({ state }) => state !== "active");
    });
  });
});
