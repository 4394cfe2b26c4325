import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SelectedFile } from "../selected-file";
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

describe.skipIf(!IS_BUILT)("transfers after a reload of a page", () => {
  let sides: [Side, Side];

  beforeEach(async () => {
    sides = await startSides();
  });

  afterEach(() => vi.unstubAllGlobals());

  it("goes on where it was after the receiver's page is loaded again", async () => {
    const [sender, receiver] = sides;
    const bytes = content(12_000_000);
    let sent = 0;
    connect(sides, (size) => {
      sent += size;
      return sent < 8_000_000;
    });
    const id = await offer(sender, receiver, [file("a", bytes), file("b", content(5))]);
    await receiver.accept(id);
    await vi.waitFor(() => expect(sent).toBeGreaterThan(8_000_000), { interval: 1, timeout: 30_000 });
    // The page ends with the connection; what was made durable before stays.
    receiver.post({ type: "unlink", link: "1" });
    await vi.waitFor(() => expect(receiver.view.state).toBe("waiting"));
    sender.post({ type: "unlink", link: "2" });
    const reloaded = await receiver.reload(3);
    expect(reloaded.messages).toContainEqual({ type: "unfinished", count: 1 });
    const kept = reloaded.view.transferred;
    expect(kept).toBeGreaterThan(4_000_000);
    expect(reloaded.view).toMatchObject({ state: "waiting", partner: "Person 1", bytes: bytes.length + 5 });

    sent = 0;
    connect([sender, reloaded], (size) => {
      sent += size;
      return true;
    });
    await reloaded.until(({ state }) => state === "done");
    await sender.until(({ state }) => state === "done");
    expect(sent).toBeLessThan(bytes.length - kept + 1_000_000);
    // Two files: an archive. The first one is in it as it is.
    const archive = await bytesOf((await reloaded.download()).content);
    expect(Buffer.from(archive).includes(Buffer.from(bytes))).toBe(true);
  });

  describe("after the sender's page is loaded again", () => {
    const BYTES = content(12_000_000);
    const key = (id: string) => ({ id, direction: "send" as const });
    const reselect = (side: Side, id: string, selection: SelectedFile[]) =>
      side.request((request) => ({ type: "reselect", request, transfer: key(id), selection }));

    /** The connection breaks in the middle, and the sender's page is loaded again. */
    async function reloaded(selection: SelectedFile[]): Promise<{ id: string; again: Side; receiver: Side }> {
      const [sender, receiver] = sides;
      let sent = 0;
      connect(sides, (size) => {
        sent += size;
        return sent < 8_000_000;
      });
      const id = await offer(sender, receiver, selection);
      await receiver.accept(id);
      await vi.waitFor(() => expect(sent).toBeGreaterThan(8_000_000), { interval: 1, timeout: 30_000 });
      await vi.waitFor(async () => expect(await sender.sent.list()).toHaveLength(1));
      sender.post({ type: "unlink", link: "2" });
      receiver.post({ type: "unlink", link: "1" });
      return { id, again: await sender.reload(3), receiver };
    }

    it("waits for the same file, and goes on with it where it was", async () => {
      const { id, again, receiver } = await reloaded([file("a", BYTES)]);
      expect(again.view).toMatchObject({ state: "paused", reselect: "files", partner: "Person 2" });
      expect(again.messages).toContainEqual({ type: "unfinished", count: 1 });
      let sent = 0;
      connect([again, receiver], (size) => {
        sent += size;
        return true;
      });
      await receiver.until(({ state, paused }) => state === "paused" && paused.there);
      // It cannot go on without the file.
      again.post({ type: "control", action: "resume", transfer: key(id) });
      const changed = BYTES.slice();
      changed[5] = 1 + (changed[5] ?? 0);
      for (const wrong of [
        [file("a", changed)],
        [file("b", BYTES)],
        [file("a", BYTES.slice(1))],
        [{ path: "a", file: new File([BYTES], "a", { lastModified: 1_700_000_000_001 }) }],
      ])
        expect(await reselect(again, id, wrong)).toMatchObject({ ok: false, code: "changed" });
      expect(again.view.reselect).toBe("files");
      expect(sent).toBeLessThan(100_000);
      expect(await reselect(again, id, [file("a", BYTES)])).toEqual({ ok: true });
      await receiver.until(({ state }) => state === "done");
      await again.until(({ state }) => state === "done");
      expect(again.view.reselect).toBeUndefined();
      expect(sent).toBeLessThan(9_000_000);
      expectSame(await bytesOf((await receiver.download()).content), BYTES);
      // Nothing of it is left for another page.
      await vi.waitFor(async () => expect(await again.sent.list()).toEqual([]));
    });

    it("asks for each folder and file that was selected, also before the partner is there", async () => {
      const folder = [{ path: "여행", file: null }, file("여행/a", BYTES)];
      const { id, again, receiver } = await reloaded([...folder, file("b", content(9))]);
      expect(again.view.reselect).toBe("folder");
      expect(await reselect(again, id, folder)).toEqual({ ok: true });
      await again.until(({ reselect }) => reselect === "files");
      expect(await reselect(again, id, [file("b", content(9)), file("other", content(3))])).toEqual({
        ok: true,
      });
      await again.until(({ state }) => state === "waiting");
      connect([again, receiver]);
      await receiver.until(({ state }) => state === "done");
      expect(receiver.view).toMatchObject({ filesFailed: 0, filesDone: 2 });
    });

    it("needs a permission only where the browser has handles, and the files if those do not help", async () => {
      const handle = { kind: "file", name: "a" } as FileSystemHandle;
      const { id, again, receiver } = await reloaded([{ ...file("a", BYTES), handle }]);
      expect(again.view.reselect).toBe("permission");
      expect(await again.request((request) => ({ type: "handles", request, transfer: key(id) }))).toEqual({
        ok: true,
        handles: [handle],
      });
      connect([again, receiver]);
      // They are gone.
      expect(await reselect(again, id, [])).toMatchObject({ ok: false });
      await again.until(({ reselect }) => reselect === "files");
      expect(await reselect(again, id, [file("a", BYTES)])).toEqual({ ok: true });
      await receiver.until(({ state }) => state === "done");
    });

    it("says that a file is gone which is not in the folder any more", async () => {
      const folder = [{ path: "여행", file: null }, file("여행/a", BYTES), file("여행/b", content(9))];
      const { id, again, receiver } = await reloaded(folder);
      connect([again, receiver]);
      expect(await reselect(again, id, folder.slice(0, 2))).toEqual({ ok: true });
      await receiver.until(({ state }) => state === "done");
      expect(receiver.view).toMatchObject({ filesFailed: 1, filesDone: 1, code: "missing" });
    });

    it("can be cancelled without its files", async () => {
      const { id, again, receiver } = await reloaded([file("a", BYTES)]);
      connect([again, receiver]);
      await receiver.until(({ state }) => state === "paused");
      again.post({ type: "control", action: "cancel", transfer: key(id) });
      await receiver.until(({ state }) => state === "cancelled");
      await vi.waitFor(async () => expect(await again.sent.list()).toEqual([]));
    });

    it("is not there once it was removed, or of what nobody accepted", async () => {
      const [sender, receiver] = sides;
      connect(sides);
      await offer(sender, receiver, [file("a", content(9))]);
      sender.post({ type: "unlink", link: "2" });
      expect((await sender.reload(3)).views.size).toBe(0);
    });
  });
});
