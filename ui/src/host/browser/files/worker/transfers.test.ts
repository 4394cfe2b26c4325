import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeDisk } from "../testing/fake-file-system";
import {
  bytesOf,
  connect,
  content,
  expectSame,
  file,
  IS_BUILT,
  offer,
  Side,
  startSides,
  uuid,
} from "../testing/worker-side";

vi.mock("../byte-channel", () => import("../testing/unwrapped-channel"));

describe.skipIf(!IS_BUILT)("transfers between two workers", () => {
  let sides: [Side, Side];

  beforeEach(async () => {
    sides = await startSides();
  });

  afterEach(() => vi.unstubAllGlobals());

  it("sends a file, which is saved as it was", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const bytes = content(3 * 1_048_576 + 17);
    const id = await offer(sender, receiver, [file("바다.jpg", bytes)]);
    expect(receiver.view).toMatchObject({
      direction: "receive",
      participant: uuid(1),
      partner: "Person 1",
      names: [{ name: "바다.jpg", folder: false, size: bytes.length }],
      skipped: 1,
    });
    expect(await receiver.accept(id)).toEqual({ ok: true });
    const done = await receiver.until(({ state }) => state === "done");
    expect(done).toMatchObject({ transferred: bytes.length, filesDone: 1, canOpen: true, code: null });
    expect(done.hash).toMatch(/^[0-9a-f]{64}$/);
    const sent = await sender.until(({ state }) => state === "done");
    expect(sent.hash).toBe(done.hash);
    const { name, content: saved } = await receiver.download();
    expect(name).toBe("바다.jpg");
    expectSame(await bytesOf(saved), bytes);

    // It can be saved again, until it is removed.
    const key = { id, direction: "receive" as const };
    const again = await receiver.request((request) => ({ type: "save", request, transfer: key }));
    expect(again).toMatchObject({ ok: true, download: { name: "바다.jpg" } });
    receiver.post({ type: "control", action: "forget", transfer: key });
    await vi.waitFor(() => expect([...receiver.disk.root.list().keys()]).toEqual(["maru-transfers/"]));
    expect(receiver.views.size).toBe(0);
  });

  it("puts a folder into the folder of the person, beside what is there", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const target = new FakeDisk();
    const existing = await target.root.getFileHandle("a.txt", { create: true });
    existing.file.bytes = content(3);
    await target.root.getDirectoryHandle("여행", { create: true });
    const id = await offer(sender, receiver, [
      { path: "여행", file: null },
      { path: "여행/빈 폴더", file: null },
      file("여행/a:b.txt", content(10)),
      file("a.txt", content(20)),
      file("empty", content(0)),
    ]);
    await receiver.accept(id, target);
    await receiver.until(({ state }) => state === "done");
    const listed = target.root.list();
    expect([...listed.keys()].sort()).toEqual(
      ["a (2).txt", "a.txt", "empty", "여행 (2)/", "여행 (2)/a_b.txt", "여행 (2)/빈 폴더/", "여행/"].sort(),
    );
    expect(listed.get("a.txt")).toEqual(content(3));
    expect(listed.get("a (2).txt")).toEqual(content(20));
    expect(listed.get("여행 (2)/a_b.txt")).toEqual(content(10));
    expect(receiver.view.canOpen).toBe(false);
    const entries = await receiver.request((request) => ({
      type: "entries",
      request,
      transfer: { id, direction: "receive" },
      first: 1,
      count: 2,
    }));
    expect(entries).toMatchObject({
      entries: [
        { entry: 1, path: "여행 (2)/빈 폴더", folder: true, state: "done" },
        { entry: 2, path: "여행 (2)/a_b.txt", size: 10, state: "done", transferred: 10 },
      ],
    });
  });

  it("is declined, or cancelled on either side", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const id = await offer(sender, receiver, [file("a", content(10))]);
    receiver.post({ type: "decline", id });
    await sender.until(({ state }) => state === "declined");
    expect(sender.view.code).toBe("declined");
    await receiver.until(({ state }) => state === "declined");

    for (const [side, other] of [
      [sender, receiver],
      [receiver, sender],
    ] as const) {
      for (const { views } of sides) views.clear();
      const id = await offer(sender, receiver, [file("a", content(10_000_000))]);
      receiver.post({ type: "control", action: "pause", transfer: { id, direction: "receive" } });
      await receiver.accept(id);
      await other.until(({ state }) => state === "paused" || state === "active");
      const direction = side === sender ? "send" : "receive";
      side.post({ type: "control", action: "cancel", transfer: { id, direction } });
      await Promise.all(sides.map((side) => side.until(({ state }) => state === "cancelled")));
      // Nothing incomplete is left.
      await vi.waitFor(() => expect([...receiver.disk.root.list().keys()]).toEqual(["maru-transfers/"]));
    }
  });

  it("was not sent if the receiver leaves before an answer, or has left before the offer", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    await offer(sender, receiver, [file("a", content(10))]);
    sender.post({ type: "unlink", link: `${receiver.number}` });
    await sender.until(({ state, code }) => state === "failed" && code === "left");
    sender.views.clear();
    sender.post({ type: "offer", selection: [file("b", content(10))], skipped: 0, to: [], gone: ["Ann"] });
    await sender.until(({ state, code }) => state === "failed" && code === "left");
    expect(sender.view).toMatchObject({ partner: "Ann", names: [{ name: "b" }], participant: null });
  });

  it("pauses, and goes on", async () => {
    const [sender, receiver] = sides;
    let sent = 0;
    connect(sides, (bytes) => {
      sent += bytes;
      return true;
    });
    const bytes = content(20_000_000);
    const id = await offer(sender, receiver, [file("a", bytes)]);
    await receiver.accept(id);
    await vi.waitFor(() => expect(sent).toBeGreaterThan(2_000_000), { interval: 1, timeout: 30_000 });
    receiver.post({ type: "control", action: "pause", transfer: { id, direction: "receive" } });
    const paused = await sender.until(({ state, paused }) => state === "paused" && paused.there);
    expect(paused.transferred).toBeLessThan(bytes.length);
    receiver.post({ type: "control", action: "resume", transfer: { id, direction: "receive" } });
    await receiver.until(({ state }) => state === "done");
    expectSame(await bytesOf((await receiver.download()).content), bytes);
  });

  it("has many small files, of which more than one record of the journal fits between two checkpoints", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const selection = Array.from({ length: 5_000 }, (_, number) =>
      file(`many/${number}`, content(number % 50)),
    );
    const id = await offer(sender, receiver, [{ path: "many", file: null }, ...selection]);
    await receiver.accept(id);
    await receiver.until(({ state }) => state === "done");
    expect(receiver.view).toMatchObject({ filesDone: 5_000, filesFailed: 0 });
    const reloaded = await receiver.reload(3);
    expect(reloaded.view).toMatchObject({ state: "done", canOpen: true, filesDone: 5_000 });
    const key = { id, direction: "receive" as const };
    const answer = await reloaded.request((request) => ({ type: "save", request, transfer: key }));
    if (!answer.ok || !answer.download) throw new Error("nothing to save");
    const archive = Buffer.from(await bytesOf(answer.download.content));
    expect(archive.includes(Buffer.from(content(49)))).toBe(true);
    expect(archive.includes("many/4999")).toBe(true);
  });

  it("lists a bounded number of offers that were withdrawn", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    // As many at once as may be without an answer.
    for (let batch = 0; batch < 14; batch += 1) {
      receiver.views.clear();
      sender.views.clear();
      for (let number = 0; number < 8; number += 1)
        sender.post({
          type: "offer",
          selection: [file(`${number}`, content(1))],
          skipped: 0,
          to: ["2"],
          gone: [],
        });
      const states = () => [...receiver.views.values()].map(({ state }) => state);
      await vi.waitFor(() => expect(states().filter((state) => state === "offered")).toHaveLength(8));
      for (const id of sender.views.keys())
        sender.post({ type: "control", action: "cancel", transfer: { id, direction: "send" } });
      await vi.waitFor(() => expect(states().filter((state) => state === "cancelled")).toHaveLength(8));
    }
    receiver.views.clear();
    receiver.post({ type: "subscribe" });
    await vi.waitFor(() => expect(receiver.views.size).toBe(100));
  });

  it("tells which files changed, and sends only those again", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const changed = new File([content(10)], "b");
    vi.spyOn(changed, "slice").mockReturnValue({
      arrayBuffer: () => Promise.reject(new DOMException("changed", "NotReadableError")),
    } as Blob);
    const id = await offer(sender, receiver, [file("a", content(10)), { path: "b", file: changed }]);
    await receiver.accept(id);
    const done = await sender.until(({ state }) => state === "done");
    expect(done).toMatchObject({ code: "changed", filesFailed: 1, filesDone: 1, canRetry: true });
    vi.mocked(changed.slice).mockRestore();
    // The last that is reported of it.
    await receiver.until(({ canOpen }) => canOpen);
    receiver.views.clear();
    sender.post({ type: "control", action: "retry", transfer: { id, direction: "send" } });
    const again = await receiver.until(({ state }) => state === "offered");
    expect(again.names.map(({ name }) => name)).toEqual(["b"]);
    await sender.until((view) => view.id === id && !view.canRetry);
  });

  it("has one batch for all to whom it is offered at once, and none for a single one", async () => {
    const [sender, receiver] = sides;
    const third = await new Side(3, new FakeDisk()).start();
    connect(sides);
    connect([sender, third]);
    const selection = [file("a", content(9))];
    sender.post({ type: "offer", selection, skipped: 0, to: ["2", "3"], gone: [] });
    for (const side of [receiver, third])
      expect((await side.until(({ state }) => state === "offered")).batch).toBeNull();
    await vi.waitFor(() => expect(sender.views.size).toBe(2));
    const [one, two] = [...sender.views.values()];
    expect(one?.batch).toMatch(/^[0-9a-f]{32}$/);
    expect(two?.batch).toBe(one?.batch);
    sender.views.clear();
    sender.post({ type: "offer", selection, skipped: 0, to: ["3"], gone: [] });
    await vi.waitFor(() => expect([...sender.views.values()].map(({ batch }) => batch)).toEqual([null]));
  });

  it("follows a person whose participant ID changed", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const id = await offer(sender, receiver, [file("a", content(10))]);
    const identity = { participant: uuid(7), incarnation: uuid(8) };
    sender.post({ type: "identity", identity });
    await vi.waitFor(() =>
      expect(receiver.messages).toContainEqual({ type: "hello", link: "1", ...identity }),
    );
    receiver.post({ type: "link", link: "1", participant: null, name: "" });
    await receiver.until(({ participant }) => participant === null);
    receiver.post({ type: "link", link: "1", participant: uuid(7), name: "Minji" });
    await receiver.until(({ participant }) => participant === uuid(7));
    expect(receiver.view).toMatchObject({ id, partner: "Person 1", state: "offered" });
  });
});
