import type { ReactionName } from "../call/types";
import type { Source } from "../protocol/generated";
import { callEn, dockEn, menuEn } from "./call/en";
import { deviceEn, engineProblemEn } from "./devices/en";
import { filesEn } from "./files/en";
import { list, plural } from "./plural";
import { refusedEn } from "./refused/en";
import { startEn } from "./start/en";
import { qualityEn, statisticsEn } from "./statistics/en";

const SOURCES: Record<Source, string> = {
  microphone: "The microphone",
  camera: "The camera",
  screen: "The shared screen",
  "screen-audio": "The shared screen's sound",
};

export const en = {
  languageName: "English",
  common: {
    close: "Close",
    cancel: "Cancel",
    retry: "Try again",
    copy: "Copy",
    copied: "Copied",
    notCopied: "Could not copy",
    details: "Technical details",
    dismiss: "Dismiss",
    you: "You",
    me: (name: string) => `${name} (you)`,
    guest: "Guest",
    system: "System default",
  },
  start: startEn,
  engineProblem: engineProblemEn,
  about: {
    title: "About this computer",
    engine: {
      webview: "Calls run in this system's web view.",
      native: "This system's web view makes no calls by itself: Maru carries them.",
      none: "Neither this system's web view nor Maru can carry calls here. Close Maru and open it again.",
    },
    fine: "Works",
    check: {
      worker: "Handling pictures beside the window",
      access: "Reading the camera's pictures",
      encoder: "Encoding your pictures (VP8)",
      decoder: "Decoding others' pictures (VP8)",
      display: "Showing others' pictures",
      camera: "Opening the camera",
      screen: "Sharing the screen",
    },
  },
  signaling: {
    idle: "connects when you join",
    connecting: "connecting…",
    online: "connected",
    reconnecting: "not reachable, trying again",
    refused: "refused",
  },
  joining: {
    title: (room: string) => `Joining ${room}`,
    connecting: "Reaching the server…",
    waiting: "The server is letting you in…",
    unreachable: "The server cannot be reached",
    unreachableHelp: (server: string) =>
      `No answer from ${server}. Check your network and that the address is right. Trying goes on by itself.`,
    attempt: (attempt: number) => `Try ${attempt}`,
    changeServer: "Change server",
  },
  refused: refusedEn,
  call: callEn,
  dock: dockEn,
  menu: menuEn,
  reactions: {
    clap: "Applause",
    heart: "Heart",
    "thumbs-up": "Thumbs up",
    laugh: "Laughing",
    surprise: "Surprise",
    party: "Party",
  } satisfies Record<ReactionName, string>,
  chat: {
    title: "Chat",
    log: "Messages",
    empty: "No messages yet",
    emptyHelp: "Messages go straight to those who are here, and are gone when you leave.",
    placeholder: "Message to everyone",
    send: "Send",
    newMessages: (count: number) => `${count} new ${plural(count, "message", "messages")}`,
    undelivered: (names: readonly string[]) => `Not delivered to ${list(names)}`,
    tooLong: (over: number) => `${over} ${plural(over, "character", "characters")} too long`,
    hint: "Enter sends, Shift+Enter starts a new line",
  },
  files: filesEn,
  people: {
    title: "People",
    count: (here: number, capacity: number) => `${here} of ${capacity}`,
  },
  quality: qualityEn,
  statistics: statisticsEn,
  settings: {
    general: "General",
    devices: "Devices",
    language: "Language",
    theme: "Theme",
    dark: "Dark",
    light: "Light",
    systemTheme: "System",
    systemLanguage: "System",
    sounds: "Sounds when people come and go",
    name: "Name",
    server: "Server address",
    serverHelp: "Used when you join the next time.",
    serverInvalid: "An address starts with http:// or https://.",
    devicesLater: "Devices get their names here once you have turned them on.",
    voice: "Your voice",
    listening: "You listen with",
    speakers: "Speakers",
    headset: "Headset",
    listeningHelp: "With a headset your echo needs no removing, and you sound better while both talk.",
    noiseSuppression: "Take out noise",
    gainControl: "Even out how loud you are",
    speakerByBrowser: "This browser chooses the speaker itself.",
    files: "Files",
    downloadFolder: "Received files go to",
    systemDownloads: "The system's Downloads folder",
    chooseFolder: "Choose…",
    resetFolder: "Reset",
    downloadFolderHelp: "If it is not there, they go to the system's Downloads folder.",
    systemDownloadsHelp: "You can choose another one for each offer.",
    downloadFolderFailed: "This folder cannot be used. Choose another one.",
  },
  shortcuts: {
    title: "Keyboard shortcuts",
    note: "They work wherever you are in the call, except while you type.",
    microphone: "Mute, unmute",
    camera: "Camera on, off",
    share: "Share screen, stop",
    chat: "Chat",
    people: "People",
    files: "Files",
    hand: "Raise, lower hand",
    reactions: "Reactions",
    view: "Grid, speaker",
    help: "This list",
    close: "Close what is open",
  },
  device: deviceEn,
  notices: {
    label: "Notices",
    lostFallback: (source: Source, fallback: string) => ({
      title: `${SOURCES[source]} was unplugged`,
      help: `Now using ${fallback}.`,
    }),
    lostOff: (source: Source) => ({
      title: `${SOURCES[source]} is gone`,
      help: "It is off now. Turn it on again to choose another one.",
    }),
    speakerLost: {
      title: "Your speaker was unplugged",
      help: "Sound plays through the system's default, and goes back by itself when the speaker is there again.",
    },
    speakerFailed: {
      title: "This speaker could not be used",
      help: "Sound stays where it was. Choose another speaker in the settings.",
    },
    removed: {
      title: "You were taken out of the room",
      help: "Join again, or ask the person who runs the server.",
    },
    linkFailed: (name: string) => ({
      title: `No connection to ${name}`,
      help: "You can still reach the others. Try again on the tile, or both join once more.",
    }),
    chatTooLong: { title: "The message was too long", help: "Send it in several parts." },
  },
  announcements: {
    joined: (room: string) => `You are in ${room}`,
    left: "You have left",
    participantJoined: (name: string) => `${name} joined`,
    participantLeft: (name: string) => `${name} left`,
    participantLost: (name: string) => `${name} lost the connection`,
    chat: (name: string, text: string) => `${name}: ${text}`,
    hand: (name: string) => `${name} raised a hand`,
    reaction: (name: string, reaction: string) => `${name}: ${reaction}`,
  },
  crash: {
    title: "Something in the interface broke",
    help: "The call itself may still be running. Show the interface again; if it breaks again, copy the details into a report.",
    again: "Show it again",
    reload: "Reload",
  },
};

/** Every text of the interface. `ko` has the same type: a missing key does not compile. */
export type Text = typeof en;
