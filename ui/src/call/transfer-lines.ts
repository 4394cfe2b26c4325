import { type CallTransfer, isOver } from "./call-transfer";
import type { ChatMessage, RemoteParticipant } from "./types";

/** Lines kept; older ones are dropped. */
export const MAX_TRANSFER_LINES = 200;

/**
 * A transfer with somebody in this call, or what was offered to several at once, among the messages of the chat. Only those
 * who take part have it.
 */
export interface TransferLine {
  /** That of its first transfer. */
  key: string;
  /** Participant key, or "self". */
  from: string;
  /** When it was offered, or went on in this call. Milliseconds since the epoch. */
  at: number;
  /** The key of the newest message at that time; null: there was none. */
  after: string | null;
  /** One for each who gets it; the only one of what is received. */
  parts: readonly [LinePart, ...LinePart[]];
}

export interface LinePart {
  /** As it was when something changed that the line shows: not progress, of which the files panel tells. */
  transfer: CallTransfer;
  /** False: it was removed from the list of transfers. */
  listed: boolean;
}

/** Of a transfer that is not over: by either side, also if it is paused or waits. */
export function isAccepted({ state, accepted }: CallTransfer): boolean {
  return accepted || state !== "offered";
}

/** What became of what was offered to several. */
export interface Answers {
  all: number;
  /** Under way, or delivered. */
  accepted: number;
  delivered: number;
  declined: number;
  /** Ended before everything was there. */
  undelivered: number;
}

export function answersOf(parts: readonly LinePart[]): Answers {
  const count = (is: (transfer: CallTransfer) => boolean) =>
    parts.filter(({ transfer }) => is(transfer)).length;
  const isDelivered = ({ state, filesFailed }: CallTransfer) => state === "done" && filesFailed === 0;
  const isDeclined = ({ state }: CallTransfer) => state === "declined";
  return {
    all: parts.length,
    accepted: count((transfer) => (isOver(transfer) ? isDelivered(transfer) : isAccepted(transfer))),
    delivered: count(isDelivered),
    declined: count(isDeclined),
    undelivered: count((transfer) => isOver(transfer) && !isDelivered(transfer) && !isDeclined(transfer)),
  };
}

interface Surroundings {
  participants: readonly RemoteParticipant[];
  chat: readonly ChatMessage[];
  /** Keys of transfers that get no new line. */
  past: ReadonlySet<string>;
  now: number;
}

/**
 * The lines once the transfers are these: one for each transfer that is offered, or goes on, with somebody who is here, or
 * for all of a batch. It stays where it is when the transfer changes, and after it was removed from the list. Unchanged
 * lines keep their object, and so does an unchanged list.
 */
export function updateLines(
  lines: readonly TransferLine[],
  transfers: readonly CallTransfer[],
  { participants, chat, past, now }: Surroundings,
): readonly TransferLine[] {
  const listed = new Map(transfers.map((transfer) => [transfer.key, transfer]));
  const updated = lines.map((line) => updateLine(line, listed));
  const known = new Set(lines.flatMap(keysOf));
  for (const transfer of transfers) {
    if (known.has(transfer.key) || past.has(transfer.key) || transfer.state === "preparing") continue;
    const partner = participants.find(({ id }) => id === transfer.participant);
    if (!partner) continue;
    const part = { transfer, listed: true };
    const same = updated.findIndex((line) => isOfBatch(line, transfer.batch));
    const line = updated[same];
    if (line) {
      updated[same] = { ...line, parts: [...line.parts, part] };
      continue;
    }
    const from = transfer.direction === "send" ? "self" : partner.key;
    const after = chat.at(-1)?.key ?? null;
    updated.push({ key: transfer.key, from, at: now, after, parts: [part] });
  }
  const unchanged = updated.length === lines.length && updated.every((line, index) => line === lines[index]);
  return unchanged ? lines : updated.slice(-MAX_TRANSFER_LINES);
}

/** The keys of its transfers. */
export function keysOf({ parts }: TransferLine): string[] {
  return parts.map(({ transfer }) => transfer.key);
}

function isOfBatch({ parts: [{ transfer }] }: TransferLine, batch: string | null): boolean {
  return batch !== null && transfer.batch === batch;
}

function updateLine(line: TransferLine, listed: ReadonlyMap<string, CallTransfer>): TransferLine {
  const [first, ...others] = line.parts;
  const parts = [updatePart(first, listed), ...others.map((part) => updatePart(part, listed))] as const;
  return parts.every((part, index) => part === line.parts[index]) ? line : { ...line, parts };
}

function updatePart(part: LinePart, listed: ReadonlyMap<string, CallTransfer>): LinePart {
  const transfer = listed.get(part.transfer.key);
  if (!transfer) return part.listed ? { ...part, listed: false } : part;
  return part.listed && shown(transfer) === shown(part.transfer) ? part : { transfer, listed: true };
}

/** Differs if what a line shows does. */
function shown(transfer: CallTransfer): string {
  const { name, state, code, filesFailed, canOpen, paused, picture, reselect } = transfer;
  const rest = isOver(transfer)
    ? [state, code, filesFailed, canOpen]
    : [isAccepted(transfer), paused.problem, paused.problemHere, reselect];
  return JSON.stringify([name, picture, ...rest]);
}

export type ConversationItem =
  | { type: "message"; message: ChatMessage }
  | { type: "transfer"; line: TransferLine };

/** Messages and lines in the order in which they came. Lines behind a message that was dropped come first. */
export function mergeLines(
  chat: readonly ChatMessage[],
  lines: readonly TransferLine[],
): readonly ConversationItem[] {
  const kept = new Set(chat.map(({ key }) => key));
  const behind = new Map<string | null, TransferLine[]>();
  for (const line of lines) {
    const after = line.after !== null && kept.has(line.after) ? line.after : null;
    behind.set(after, [...(behind.get(after) ?? []), line]);
  }
  const itemsBehind = (key: string | null): ConversationItem[] =>
    (behind.get(key) ?? []).map((line) => ({ type: "transfer", line }));
  return [
    ...itemsBehind(null),
    ...chat.flatMap((message) => [{ type: "message", message } as const, ...itemsBehind(message.key)]),
  ];
}
