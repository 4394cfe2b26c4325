/** Checks of what the shell says about file transfers: it may be of another version than this page. */
import * as v from "valibot";
import type { FileDrag, FilesEvent, Transfer, TransferEntry } from "../files";

/** Limits of a correct shell (`src-tauri/src/files/drag.rs`, `src-tauri/src/commands/files.rs`). */
const MAX_ITEMS = 1_000;
export const MAX_ENTRIES = 200;
const MAX_NAMES = 8;
const MAX_SKIPPED = 20;

/** More than anybody has listed. */
const MAX_TRANSFERS = 10_000;

/** Names and paths, in UTF-16 units: at most a control message of docs/transfer.md. */
const path = v.pipe(v.string(), v.maxLength(16_384));
const code = v.pipe(v.string(), v.maxLength(64));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const direction = v.picklist(["send", "receive"]);

const transfer = v.object({
  id,
  direction,
  batch: v.nullable(id),
  participant: v.nullable(v.pipe(v.string(), v.maxLength(64))),
  partner: v.pipe(v.string(), v.maxLength(1_024)),
  names: v.pipe(v.array(v.object({ name: path, folder: v.boolean(), size: count })), v.maxLength(MAX_NAMES)),
  files: count,
  folders: count,
  bytes: count,
  skipped: count,
  skippedNames: v.pipe(
    v.array(
      v.object({
        name: path,
        reason: v.picklist(["link", "special", "unreadable", "missing", "path", "too-large", "partial"]),
      }),
    ),
    v.maxLength(MAX_SKIPPED),
  ),
  state: v.picklist([
    "preparing",
    "offered",
    "waiting",
    "active",
    "paused",
    "done",
    "declined",
    "cancelled",
    "failed",
  ]),
  paused: v.object({
    here: v.boolean(),
    there: v.boolean(),
    problem: v.nullable(code),
    problemHere: v.boolean(),
  }),
  code: v.nullable(code),
  codeHere: v.boolean(),
  transferred: count,
  filesDone: count,
  filesFailed: count,
  filesPresent: count,
  rate: v.nullable(count),
  secondsLeft: v.nullable(count),
  relayed: v.nullable(v.boolean()),
  hash: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  canOpen: v.boolean(),
  canRetry: v.boolean(),
}) satisfies v.GenericSchema<unknown, Transfer>;

/** Those that this version does not know are left out of the list: the others are shown all the same. */
const transfers = v.pipe(
  v.array(v.unknown()),
  v.maxLength(MAX_TRANSFERS),
  v.transform((list) =>
    list.flatMap((value) => {
      const result = v.safeParse(transfer, value);
      return result.success ? [result.output] : [];
    }),
  ),
);

const event = v.variant("type", [
  v.object({ type: v.literal("transfers"), transfers }),
  v.object({ type: v.literal("transfer"), transfer }),
  v.object({ type: v.literal("removed"), id, direction }),
]) satisfies v.GenericSchema<unknown, FilesEvent>;

const drag = v.variant("type", [
  v.object({ type: v.literal("over"), x: finite, y: finite }),
  v.object({ type: v.literal("leave") }),
  v.object({
    type: v.literal("drop"),
    x: finite,
    y: finite,
    token: v.pipe(v.string(), v.maxLength(64)),
    items: v.pipe(
      v.array(v.object({ name: path, folder: v.boolean(), size: v.nullable(count) })),
      v.maxLength(MAX_ITEMS),
    ),
  }),
]) satisfies v.GenericSchema<unknown, FileDrag>;

export const transferEntries = v.pipe(
  v.array(
    v.object({
      entry: count,
      path,
      folder: v.boolean(),
      size: count,
      state: v.picklist(["waiting", "active", "done", "failed", "skipped"]),
      code: v.nullable(code),
      transferred: count,
    }),
  ),
  v.maxLength(MAX_ENTRIES),
) satisfies v.GenericSchema<unknown, TransferEntry[]>;

/** Null if this version does not know the event. */
export function checkFilesEvent(value: unknown): FilesEvent | null {
  const result = v.safeParse(event, value);
  return result.success ? result.output : null;
}

/** Null if this version does not know it. */
export function checkFileDrag(value: unknown): FileDrag | null {
  const result = v.safeParse(drag, value);
  return result.success ? result.output : null;
}
