import { afterEach, expect, test, vi } from "vitest";
import type { FileDrag, FilesEvent } from "../files";
import contract from "./contract.json";
import { MAX_QUEUED, ShellFiles } from "./files";
import { ShellError } from "./shell";

const KEY = { id: "01".repeat(16), direction: "receive" } as const;
const TO = ["00000000-0000-4000-8000-000000000001"];
const [ALL, , REMOVED] = contract.fileEvents as FilesEvent[];

afterEach(() => vi.restoreAllMocks());

function fake(answer: (command: string, args: Record<string, unknown>) => unknown = () => null) {
  const invoked: [string, Record<string, unknown>][] = [];
  const channels: ((value: unknown) => void)[] = [];
  const files = new ShellFiles(
    async (command, args = {}) => {
      invoked.push([command, args]);
      return answer(command, args);
    },
    (listener) => channels.push(listener),
  );
  return { files, invoked, channels };
}

test("commands have the arguments of the shell", async () => {
  const { files, invoked } = fake();
  await files.pick("folder", TO);
  await files.offerDropped("token", TO);
  await files.accept(KEY.id, "default");
  await files.accept(KEY.id, "ask");
  await files.acceptByRule(KEY.id);
  files.decline(KEY.id);
  files.setCallActive(true);
  await vi.waitFor(() => expect(invoked).toHaveLength(7));
  expect(invoked).toEqual([
    ["files_pick", { kind: "folder", to: TO }],
    ["files_offer_dropped", { token: "token", to: TO }],
    ["files_accept", { id: KEY.id, ask: false, byRule: false }],
    ["files_accept", { id: KEY.id, ask: true, byRule: false }],
    ["files_accept", { id: KEY.id, ask: false, byRule: true }],
    ["files_decline", { id: KEY.id }],
    ["files_call_active", { active: true }],
  ]);
});

test("a thumbnail is a PNG of the shell, and nothing else", async () => {
  let answer: unknown = new Uint8Array([1, 2]).buffer;
  const { files, invoked } = fake(() => answer);
  const made = await files.thumbnail(KEY);
  expect(made?.type).toBe("image/png");
  expect(made?.size).toBe(2);
  expect(invoked).toEqual([["files_thumbnail", { id: KEY.id, direction: "receive" }]]);
  answer = "<svg/>";
  expect(await files.thumbnail(KEY)).toBeNull();
});

test("actions are sent in their order, also after one that failed", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  let fail = (): void => {};
  const { files, invoked } = fake((_, { action }) =>
    action === "pause"
      ? new Promise((_, reject) => {
          fail = () => reject(new ShellError("failed", ""));
        })
      : null,
  );
  files.pause(KEY);
  files.resume(KEY);
  void files.reveal(KEY);
  files.cancel(KEY);
  files.retry(KEY);
  files.forget(KEY);
  // Revealing waits for the file manager, and nothing waits for it.
  await vi.waitFor(() => expect(invoked.map(([, { action }]) => action)).toEqual(["reveal", "pause"]));
  fail();
  await vi.waitFor(() => expect(invoked).toHaveLength(6));
  expect(invoked.slice(2).map(([, { action }]) => action)).toEqual(["resume", "cancel", "retry", "forget"]);
  expect(invoked[2]).toEqual(["files_control", { action: "resume", ...KEY }]);
  expect(warned).toHaveBeenCalledTimes(1);
});

test("the page learns why something cannot be shown", async () => {
  const { files } = fake(() => Promise.reject(new ShellError("missing", "gone")));
  await expect(files.reveal(KEY)).rejects.toMatchObject({ code: "missing", detail: "gone" });
});

test("the queue is bounded", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { files } = fake(() => new Promise(() => {}));
  for (let i = 0; i < MAX_QUEUED; i += 1) files.pause(KEY);
  expect(warned).not.toHaveBeenCalled();
  files.pause(KEY);
  expect(warned).toHaveBeenCalledTimes(1);
});

test("errors of the shell have their code", async () => {
  const { files } = fake(() => {
    throw new ShellError("no-folder", "");
  });
  await expect(files.accept(KEY.id, "default")).rejects.toMatchObject({ code: "no-folder" });
});

test("each subscription begins with all transfers, and unknown events are dropped", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { files, invoked, channels } = fake();
  const first: FilesEvent[] = [];
  const second: FilesEvent[] = [];
  const unsubscribe = files.subscribe((event) => first.push(event));
  channels[0]?.(ALL);
  files.subscribe((event) => second.push(event));
  await vi.waitFor(() =>
    expect(invoked.map(([command]) => command)).toEqual(Array(2).fill("files_subscribe")),
  );
  // Sent before the shell replaced the subscription.
  channels[0]?.(REMOVED);
  channels[1]?.(ALL);
  channels[1]?.({ ...REMOVED, direction: "sideways" });
  channels[1]?.({ type: "later" });
  unsubscribe();
  channels[1]?.(REMOVED);
  expect(first).toEqual([ALL, ALL]);
  expect(second).toEqual([ALL, REMOVED]);
  expect(warned).toHaveBeenCalledTimes(2);
});

test("an event with one invalid transfer is dropped", () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { files, channels } = fake();
  const received: FilesEvent[] = [];
  files.subscribe((event) => received.push(event));
  const { transfer } = contract.fileEvents[1] as Extract<FilesEvent, { type: "transfer" }>;
  for (const bad of [
    { ...transfer, id: "../../etc" },
    { ...transfer, state: "asleep" },
    { ...transfer, transferred: -1 },
    { ...transfer, hash: "ab" },
    { ...transfer, names: Array(9).fill({ name: "a", folder: false, size: 0 }) },
  ]) {
    channels[0]?.({ type: "transfer", transfer: bad });
  }
  expect(received).toEqual([]);
  // In a list, it is left out.
  channels[0]?.({ type: "transfers", transfers: [{ ...transfer, code: "x".repeat(65) }, transfer] });
  expect(received).toEqual([{ type: "transfers", transfers: [transfer] }]);
});

test("drags have one subscription, whose events are checked", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { files, invoked, channels } = fake();
  const drags: FileDrag[] = [];
  files.subscribeDrags((drag) => drags.push(drag));
  files.subscribeDrags(() => undefined);
  await vi.waitFor(() => expect(invoked.map(([command]) => command)).toEqual(["files_drags"]));
  for (const drag of contract.fileDrags) channels[0]?.(drag);
  channels[0]?.({ type: "over", x: Number.NaN, y: 0 });
  channels[0]?.({ type: "drop", x: 0, y: 0, token: "t", items: [{ name: "a" }] });
  expect(drags).toEqual(contract.fileDrags);
  expect(warned).toHaveBeenCalledTimes(2);
});

test("entries are limited and checked", async () => {
  const { files, invoked } = fake(() => contract.fileEntries);
  expect(await files.entries(KEY, 5, 1_000)).toEqual(contract.fileEntries);
  expect(invoked).toEqual([["files_entries", { ...KEY, first: 5, count: 200 }]]);
  const broken = fake(() => [{ entry: 0 }]);
  await expect(broken.files.entries(KEY, 0, 1)).rejects.toMatchObject({ code: "not-understood" });
});
