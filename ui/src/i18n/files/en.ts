import { isTransferCode, type TransferCode } from "../../call/transfer-codes";
import type { Answers } from "../../call/transfer-lines";
import type { Explanation } from "../explanation";
import { decimal } from "../format";
import { list, plural } from "../plural";
import { explainOwnDisk } from "./own-disk";
import { ownDiskEn } from "./own-disk-en";
import { explainProblem } from "./problems";
import { problemsEn } from "./problems-en";
import type { TransferStatus } from "./status";

type Direction = TransferStatus["direction"];

const number = (value: number) => decimal("en", value, 0);
const countOf = (value: number, one: string, other: string) =>
  `${number(value)} ${plural(value, one, other)}`;

/** Each for the one who sends and the one who receives. `name`: the partner. */
const CODES: Record<TransferCode, Record<Direction, (name: string) => Explanation>> = {
  declined: {
    send: (name) => ({
      title: `${name} declined it`,
      help: "Ask in the chat, or offer something else.",
    }),
    receive: (name) => ({
      title: "You declined it",
      help: `If you change your mind, ask ${name} to send it again.`,
    }),
  },
  "too-large": {
    send: (name) => ({
      title: `${name} has no room for it`,
      help: "Send fewer files, or ask them to free space. Some drives store no file above 4\u00a0GB.",
    }),
    receive: (name) => ({
      title: "There is no room for it here",
      help: `Free space, or choose a folder on another drive: some store no file above 4\u00a0GB. Then ask ${name} to send it again.`,
    }),
  },
  limit: {
    send: () => ({
      title: "Too much at once",
      help: "Send it in several parts, or pack a folder with very many files into an archive first.",
    }),
    receive: (name) => ({
      title: "Too much at once",
      help: `Ask ${name} to send it in several parts, or as an archive.`,
    }),
  },
  cancelled: {
    send: () => ({ title: "Cancelled", help: "Send it again whenever you like." }),
    receive: (name) => ({
      title: "Cancelled",
      help: `Nothing incomplete was left behind. Ask ${name} to send it again if you need it.`,
    }),
  },
  "bad-message": {
    send: () => ({
      title: "The two programs could not communicate",
      help: "Update Maru on both sides, then send it again.",
    }),
    receive: (name) => ({
      title: "The two programs could not communicate",
      help: `Update Maru on both sides, then ask ${name} to send it again.`,
    }),
  },
  changed: {
    send: () => ({
      title: "Changed while it was being sent",
      help: "Save and close it in other programs, then send it again.",
    }),
    receive: (name) => ({
      title: `${name} changed it while it was being sent`,
      help: `Ask ${name} to close it in other programs and to send it again.`,
    }),
  },
  missing: {
    send: () => ({
      title: "No longer where it was",
      help: "Put it back, or plug in its drive, then try again.",
    }),
    receive: (name) => ({
      title: `No longer there on ${name}'s side`,
      help: `Ask ${name} to put it back or to plug in its drive, then try again.`,
    }),
  },
  denied: {
    send: () => ({
      title: "No permission to read it",
      help: "Allow it in the file's properties or in the system's privacy settings, then try again.",
    }),
    receive: (name) => ({
      title: "No permission to read or to save it",
      help: `Check that you may write to the folder, and ask ${name} whether they may read the file. Then try again.`,
    }),
  },
  unreadable: {
    send: () => ({ title: "Your disk cannot read it", help: "Check the drive, then try again." }),
    receive: (name) => ({
      title: `${name}'s disk cannot read it`,
      help: `Ask ${name} to check the drive, then try again.`,
    }),
  },
  corrupt: {
    send: () => ({
      title: "Arrived damaged three times",
      help: "A disk or the memory of one of the two computers may be faulty. Try again; if it happens again, check both.",
    }),
    receive: () => ({
      title: "Arrived damaged three times",
      help: "A disk or the memory of one of the two computers may be faulty. Try again; if it happens again, check both.",
    }),
  },
  "disk-full": {
    send: (name) => ({
      title: `${name}'s disk is full`,
      help: "Ask them to free space, then try again.",
    }),
    receive: () => ({
      title: "Your disk is full",
      help: "Free space, then try again.",
    }),
  },
  "read-only": {
    send: (name) => ({
      title: `${name}'s folder is read-only`,
      help: "Ask them to make it writable, then try again.",
    }),
    receive: () => ({
      title: "The folder is read-only",
      help: "Make it writable (some memory cards have a switch), then try again.",
    }),
  },
  unwritable: {
    send: (name) => ({
      title: `It cannot be saved on ${name}'s side`,
      help: `Ask ${name} to check the folder and its drive, then try again.`,
    }),
    receive: () => ({
      title: "It cannot be saved here",
      help: "Check the folder and its drive, then try again.",
    }),
  },
  left: {
    send: (name) => ({
      title: `Not sent: ${name} has left`,
      help: "Send it again when they are back.",
    }),
    receive: (name) => ({
      title: `Not received: ${name} did not wait for it`,
      help: `Ask ${name} to send it again if you need it.`,
    }),
  },
};

/** `here`: the reason is on this computer. */
function explain(code: string, direction: Direction, name: string, here = false): Explanation {
  const own = here ? explainOwnDisk(ownDiskEn, code, direction) : null;
  if (own) return own;
  return isTransferCode(code)
    ? CODES[code][direction](name)
    : {
        title: "Stopped for a reason this version does not know",
        help: `Update Maru on both sides and try again. Reason code: “${code}”`,
      };
}

function paused(transfer: TransferStatus): Explanation {
  const { paused, name, reselect } = transfer;
  const { here, there } = paused;
  if (reselect)
    return {
      title: "Waiting for its files",
      help:
        reselect === "permission"
          ? "This page was reloaded. The browser asks once more whether it may read them; then it continues where it stopped."
          : `This page was reloaded. Select the same ${reselect === "folder" ? "folder" : "files"} once more; then it continues where it stopped.`,
    };
  const problem = explainProblem(problemsEn, transfer);
  if (problem)
    return here
      ? {
          ...problem,
          help: "You have paused it as well: resume, and it continues once the problem is solved.",
        }
      : problem;
  if (here && there)
    return { title: `Paused by you and ${name}`, help: "It goes on once both of you have resumed." };
  return there
    ? { title: `Paused by ${name}`, help: "It goes on once they resume." }
    : { title: "Paused by you", help: "What has arrived is kept. Resume whenever you like." };
}

function status(transfer: TransferStatus): Explanation {
  const { state, direction, name, participant, code, codeHere, filesFailed } = transfer;
  const sending = direction === "send";
  switch (state) {
    case "preparing":
      return { title: "Checking the files…", help: "They are offered in a moment." };
    case "offered":
      return sending
        ? { title: `Waiting for ${name}'s answer`, help: "It starts as soon as they accept." }
        : { title: `${name} wants to send you this`, help: "Accept or decline." };
    case "waiting":
      return participant === null
        ? {
            title: `${name} is away`,
            help: "It goes on by itself when you meet again, in this call or a later one.",
          }
        : { title: `Connecting to ${name}…`, help: "It goes on by itself." };
    case "active":
      return { title: sending ? "Sending" : "Receiving", help: "" };
    case "paused":
      return paused(transfer);
    case "done":
      if (filesFailed > 0)
        return {
          title: `Finished without ${countOf(filesFailed, "file", "files")}`,
          help: sending
            ? `${transfer.canRetry ? "Try those again. " : ""}The others are in place.`
            : `Ask ${name} to try those again. The others are in place.`,
        };
      return sending
        ? { title: `Delivered to ${name} and verified`, help: "There is nothing left to do." }
        : { title: "Received and verified", help: "It is in your folder." };
    case "declined":
      return explain(code ?? "declined", direction, name);
    case "cancelled":
      return explain(code ?? "cancelled", direction, name);
    case "failed":
      return explain(code ?? "unknown", direction, name, codeHere);
  }
}

export const filesEn = {
  title: "Files",
  dock: (offers: number, progress: string | null) =>
    [
      "Files",
      ...(offers > 0 ? [countOf(offers, "offer to answer", "offers to answer")] : []),
      ...(progress ? [`${progress} transferred`] : []),
    ].join(", "),
  dropHint: "Drop files on a person or on the call",
  to: "Send to",
  everyone: (count: number) => `To everyone (${number(count)})`,
  toOne: (name: string) => `To ${name}`,
  sendFiles: "Send files…",
  sendFolder: "Send a folder…",
  sendTo: (name: string) => `Send files to ${name}`,
  empty: "No files yet",
  emptyHelp:
    "Files of any size go directly from disk to disk. An interrupted transfer continues where it stopped.",
  nobody: "Nobody here can receive files",
  nobodyHelp: "Everyone in the desktop app can, and everyone in a current browser.",
  unable: (names: readonly string[]) => `${list(names)} cannot receive files yet.`,
  /** Groups of the list. */
  offers: "Do you want these?",
  running: "In progress",
  finished: "Finished",
  removeFinished: "Remove all",
  fromTo: (direction: Direction, name: string) => (direction === "send" ? `You → ${name}` : `${name} → you`),
  count: (files: number, folders: number) =>
    [
      ...(files > 0 || folders === 0 ? [countOf(files, "file", "files")] : []),
      ...(folders > 0 ? [countOf(folders, "folder", "folders")] : []),
    ].join(", "),
  skipped: (count: number) => `${countOf(count, "item", "items")} left out: links, devices, or not readable.`,
  leftOut: (count: number) => `${countOf(count, "item", "items")} left out`,
  skipReasons: {
    link: "a link",
    special: "a device or the like",
    unreadable: "no permission, or not readable",
    missing: "no longer there",
    path: "its path is too long",
    "too-large": "too large",
    partial: "being received",
  },
  present: (count: number) =>
    count === 1 ? "1 file was already there." : `${number(count)} files were already there.`,
  more: (count: number) => `and ${number(count)} more`,
  manyMore: "and more",
  unnamed: "Files",
  folder: "folder",
  path: {
    direct: "Directly between your computers",
    relayed: "Through a relay server",
    unknown: "Not connected",
  },
  progress: (done: string, total: string) => `${done} of ${total}`,
  left: (time: string) => `${time} left`,
  status,
  explain,
  offer: {
    title: (name: string) => `${name} wants to send you`,
    position: (index: number, count: number) => `${number(index)} of ${number(count)}`,
    accept: "Accept",
    saveElsewhere: "Save elsewhere…",
    decline: "Decline",
    later: "Decide later",
    risky: (names: readonly string[]) =>
      `Could run or unpack something when opened: ${names.join(", ")}. Open it only if you expected it.`,
    relayedQuestion: (size: string) =>
      `${size} would go through the relay server, as there is no direct path. That can be slow, and costs whoever runs it. Receive it anyway?`,
    acceptRelayed: "Receive anyway",
    /** After the reason. */
    notAccepted:
      "The offer still stands: solve the problem and accept again, or choose another place with “Save elsewhere”.",
  },
  actions: {
    pause: "Pause",
    resume: "Resume",
    cancel: "Cancel",
    retry: (count: number) => `Try ${countOf(count, "file", "files")} again`,
    reveal: { folder: "Show in folder", save: "Save again" },
    remove: "Remove from the list",
    reselect: {
      files: "Select the files…",
      folder: "Select the folder…",
      permission: "Read the files again",
    },
    copyHash: "Copy hash",
    /** Of what arrived here, or of what was read here and sent: whose it is, as two people compare them. */
    hash: { receive: "BLAKE3 of the received file", send: "BLAKE3 of the sent file" },
    /** The accessible name of a button: what it does, to which transfer. */
    named: (action: string, title: string) => `${action}: ${title}`,
  },
  cancelling: {
    question: (amount: string) => `${amount} have been transferred. Cancel anyway?`,
    confirm: "Cancel transfer",
    keep: "Continue",
  },
  entries: {
    show: "List of files",
    all: (count: number) => `All (${number(count)})`,
    failed: (count: number) => `Failed (${number(count)})`,
    loading: "Loading…",
    searching: "Looking for them…",
    unavailable: "The list of these files is not kept any more.",
    /** Of one file. */
    tooLarge: (direction: Direction, name: string) =>
      direction === "send" ? `Larger than ${name}'s drive can store` : "Larger than this drive can store",
    states: {
      waiting: "Waiting",
      active: "In progress",
      done: "Done",
      failed: "Failed",
      skipped: "Already there",
    },
  },
  autoAccept: {
    title: "Accept without asking",
    from: (name: string) => `From ${name}`,
    off: "Always ask",
    upTo: (size: string) => `Up to ${size}`,
    note: "For this call only. Programs, scripts and archives are always asked about, and so is an offer of more than eight files.",
  },
  drop: {
    one: (name: string) => `Send to ${name}`,
    everyone: (count: number) => `Send to everyone (${number(count)})`,
    hint: "Move over a person to send to them only",
    refused: (name: string) => `${name} cannot receive files yet`,
    nobody: "Nobody here can receive files",
  },
  failures: {
    pick: { title: "The files could not be offered", help: "Try again, or drop the files on the call." },
    drop: {
      title: "The files could not be offered",
      help: "Drop them again, or choose them with the button.",
    },
    accept: {
      title: "It could not be accepted",
      help: "The offer is still there: choose another folder with “Save elsewhere”.",
    },
    reselect: {
      title: "These are not the files that were offered",
      help: "Their names, sizes, times and contents have to be the same. Select them where they were, or cancel, and offer the new ones.",
    },
    reveal: {
      title: "The folder could not be opened",
      help: "Open it yourself in the file manager. If it is on another drive or in the network, check that it is connected.",
    },
    "reveal-missing": {
      title: "It is no longer there",
      help: "It was moved, renamed or deleted, or its drive is not connected. Connect the drive, or look for it by its name in the file manager.",
    },
    save: { title: "It could not be saved", help: "Free space, or choose another folder, then try again." },
  },
  /** How a transfer stands, in its line in the chat. */
  chat: {
    offered: (direction: Direction): string =>
      direction === "send" ? "No answer yet" : "Waiting for your answer",
    accepted: (direction: Direction, name: string) =>
      direction === "send" ? `${name} accepted it` : "You accepted it",
    toSeveral: (count: number) => `You → ${number(count)} people`,
    answers: ({ all, accepted, delivered, declined, undelivered }: Answers): string => {
      if (delivered === all) return `Delivered to all ${number(all)} and verified`;
      if (accepted + declined + undelivered === 0) return "No answer yet";
      return [
        `Accepted by ${number(accepted)} of ${number(all)}`,
        ...(delivered > 0 ? [`delivered to ${number(delivered)}`] : []),
        ...(declined > 0 ? [`declined by ${number(declined)}`] : []),
        ...(undelivered > 0 ? [`not delivered to ${number(undelivered)}`] : []),
      ].join(", ");
    },
    recipient: (name: string, state: string) => `${name}: ${state}`,
    /** Of one recipient of several. */
    states: { accepted: "Accepted", delivered: "Delivered and verified", declined: "Declined" },
  },
  announce: {
    /** `key` opens the files; null while keys are switched off. */
    offer: (name: string, what: string, key: string | null) =>
      `${name} wants to send you ${what}. ${key === null ? "Open the files" : `Press ${key}`} to answer.`,
    status: (what: string, title: string) => `${what}: ${title}`,
    dropped: (what: string) => `Offering ${what}`,
  },
};

/** `ko` has the same type: a missing key does not compile. */
export type FilesText = typeof filesEn;
