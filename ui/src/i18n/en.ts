import type { ReactionName } from "../call/types";
import type { Source } from "../protocol/generated";
import { callEn, dockEn, menuEn } from "./call/en";
import { deviceEn, engineProblemEn } from "./devices/en";
import { filesEn } from "./files/en";
import { notificationsEn } from "./notifications/en";
import { pictureEn } from "./picture/en";
import { placesEn } from "./places/en";
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
    back: "Back",
    you: "You",
    me: (name: string) => `${name} (you)`,
    guest: "Guest",
    system: "System default",
  },
  start: startEn,
  places: placesEn,
  engineProblem: engineProblemEn,
  about: {
    title: "About this computer",
    engine: {
      webview: "Calls run in this system's web view.",
      native: "This system's web view cannot make calls, so Maru connects them itself.",
      none: "Neither this system's web view nor Maru can carry calls here. Close Maru and open it again.",
    },
    fine: "Works",
    check: {
      worker: "Processing video in the background",
      access: "Reading the camera's video",
      encoder: "Encoding your video (VP8)",
      decoder: "Decoding others' video (VP8)",
      display: "Showing others' video",
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
    connecting: "Connecting to the server…",
    waiting: "Entering the room…",
    unreachable: "The server cannot be reached",
    unreachableHelp: (server: string) =>
      `No answer from ${server}. Check your network and the server's address. Maru keeps trying.`,
    full: (room: string) => `${room} is full`,
    fullHelp: "Waiting for a seat… Somebody's connection was lost, and their seat is kept for a few seconds.",
    attempt: (attempt: number) => `Attempt ${attempt}`,
    changeServer: "Change server",
  },
  refused: refusedEn,
  call: callEn,
  picture: pictureEn,
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
    emptyHelp:
      "Messages reach only those who are in the room now. People who join later do not see them, and they are gone when you leave.",
    emptyAlone: "Nobody else is here yet. People who join later do not see what you write now.",
    alone: "Nobody was here to get it. People who join later do not see it.",
    sendAgain: "Send again",
    placeholder: "Message to everyone",
    send: "Send",
    newMessages: (count: number) => `${count} new ${plural(count, "message", "messages")}`,
    undelivered: (names: readonly string[]) => `Not delivered to ${list(names)}`,
    tooLong: (over: number) => `${over} ${plural(over, "character", "characters")} too long`,
    hint: "Enter to send, Shift+Enter for a new line",
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
    shortcuts: "Keyboard shortcuts in a call",
    name: "Name",
    server: "Server address",
    serverHelp: "Used the next time you join.",
    serverInvalid: "Type an address that starts with http:// or https://.",
    devicesLater: "Turn a device on once to see and choose devices by name here.",
    voice: "Your voice",
    listening: "Listening with",
    speakers: "Speakers",
    headset: "Headset",
    listeningHelp: "A headset needs no echo removal, so you sound clearer when people talk at once.",
    noiseSuppression: "Reduce background noise",
    gainControl: "Adjust volume automatically",
    speakerByBrowser:
      "This browser does not let pages choose the speaker. Choose it in the system's sound settings.",
    files: "Files",
    downloadFolder: "Save received files in",
    systemDownloads: "The system's Downloads folder",
    chooseFolder: "Choose…",
    resetFolder: "Reset",
    downloadFolderHelp: "If this folder is missing, files are saved in the system's Downloads folder.",
    systemDownloadsHelp: "You can choose another place each time you receive files.",
    downloadFolderFailed: "This folder cannot be used. Choose another one.",
  },
  shortcuts: {
    title: "Keyboard shortcuts",
    note: "They work wherever you are in the call, except while you type.",
    space: "Space",
    talk: "Talk while it is held (when muted)",
    off: "They are switched off. Only Esc works.",
    use: "Use these keys",
    microphone: "Microphone on, off",
    camera: "Camera on, off",
    share: "Start, stop sharing the screen",
    chat: "Chat",
    people: "People",
    files: "Files",
    hand: "Raise, lower hand",
    reactions: "Reactions",
    view: "Grid, speaker",
    fullScreen: "Shared screen on the full screen",
    help: "Show shortcuts",
    close: "Close the open panel",
  },
  notifications: notificationsEn,
  device: deviceEn,
  notices: {
    label: "Notices",
    lostFallback: (source: Source, fallback: string) => ({
      title: `${SOURCES[source]} was disconnected`,
      help: `Now using ${fallback}.`,
    }),
    lostOff: (source: Source) => ({
      title: `${SOURCES[source]} turned off`,
      help: "Turn it on again to choose another device.",
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
      title: "You were removed from the room",
      help: "Join again, or ask the person who runs the server.",
    },
    linkFailed: (name: string) => ({
      title: `No connection to ${name}`,
      help: "The call with the others goes on. Try again on the tile, or both leave and join again.",
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
    reaction: (names: readonly string[], reaction: string) => `${list(names)}: ${reaction}`,
    link: (name: string, state: string) => `${name}: ${state}`,
  },
  crash: {
    title: "Something went wrong on this screen",
    help: "The call itself may still be running. Show the screen again; if it happens again, copy the technical details and report them.",
    again: "Show it again",
    reload: "Reload",
    notLoaded: {
      title: "A part of Maru could not be loaded",
      help: "Check your network and try again. If the server was updated meanwhile, reload the page. A call goes on until you do.",
    },
  },
};

/** Every text of the interface. `ko` has the same type: a missing key does not compile. */
export type Text = typeof en;
