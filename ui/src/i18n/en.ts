import type { NoMediaReason } from "../call/no-media-reason";
import type { Cause } from "../call/quality";
import type { Quality, ReactionName } from "../call/types";
import type { DeviceErrorCode, Limitation, MissingComponent } from "../engine/types";
import { isErrorCode } from "../protocol/check";
import type { ErrorCode, Other, Source } from "../protocol/generated";
import type { Explanation } from "./explanation";
import { filesEn } from "./files/en";
import { list, plural } from "./plural";

type Device = "microphone" | "camera" | "screen";

const DEVICE_NAMES: Record<Device, string> = {
  microphone: "microphone",
  camera: "camera",
  screen: "screen",
};

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

const SOURCES: Record<Source, string> = {
  microphone: "The microphone",
  camera: "The camera",
  screen: "The shared screen",
  "screen-audio": "The shared screen's sound",
};

const MISSING_COMPONENTS: Record<MissingComponent, string> = {
  "no-pipewire-plugin":
    "Cameras and screens come through PipeWire here. Install the package gstreamer1.0-pipewire (Fedora: pipewire-gstreamer), then open Maru again.",
  "no-camera-portal":
    "Cameras come through the desktop portal here. Install the package xdg-desktop-portal and the one for your desktop (xdg-desktop-portal-gnome, -kde or -gtk), then log in again.",
  "no-screen-portal":
    "Screens come through the desktop portal here. Install the package xdg-desktop-portal and the one for your desktop (xdg-desktop-portal-gnome, -kde or -wlr), then log in again.",
  "no-graphics-card":
    "Screens come through the graphics card here, and this computer has none (/dev/dri/renderD*). Share from a browser that has joined the room instead.",
};

/** For an error code of a later version. */
const REFUSED_UNKNOWN: Explanation = {
  title: "The server ended the connection",
  help: "This version does not know the reason it gave; the details have it. Reload or update maru, then join again.",
};

const REFUSED: Record<ErrorCode, Explanation> = {
  "bad-message": {
    title: "The server did not understand this app",
    help: "Reload to get the current version. If it stays, tell whoever runs the server and send the details.",
  },
  "room-full": {
    title: "This room is full",
    help: "Try again when somebody has left, or meet in a room with another ID.",
  },
  "invalid-room": {
    title: "This is no room ID",
    help: "Use letters and digits of any script, - and _, at most 64 characters.",
  },
  "invalid-name": {
    title: "This name cannot be used",
    help: "Use at most 64 characters on one line.",
  },
  "unknown-participant": {
    title: "They have already left",
    help: "Nothing to do: the list of people is up to date again.",
  },
  "too-large": {
    title: "Something sent was too large",
    help: "Send it in smaller parts.",
  },
  "rate-limited": {
    title: "That was too much at once",
    help: "Wait a moment, then try again.",
  },
  unauthorized: {
    title: "This server asks for permission",
    help: "Ask whoever invited you for a fresh link, and open that one.",
  },
  "unsupported-version": {
    title: "This version and the server's do not fit together",
    help: "Reload or update maru. If it stays, the server needs an update.",
  },
  "shutting-down": {
    title: "The server is restarting",
    help: "It will be back in a moment; connecting goes on by itself.",
  },
  "already-joined": {
    title: "You are already in a room here",
    help: "Leave it first, then join again.",
  },
  "not-joined": {
    title: "You are not in the room any more",
    help: "Join again.",
  },
  "server-full": {
    title: "The server is full",
    help: "Try again in a few minutes, or use another server.",
  },
  "too-many-connections": {
    title: "Too many connections from your network",
    help: "Close maru in other windows, then try again.",
  },
  "slow-reader": {
    title: "Your connection could not keep up",
    help: "Connecting again. If it happens often, move closer to the router or close other downloads.",
  },
  "timed-out": {
    title: "The server did not hear from you",
    help: "Check your network, then try again.",
  },
  replaced: {
    title: "You joined from another window",
    help: "The call goes on there. Join again to bring it back here.",
  },
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
  start: {
    titleOne: "A room name is all",
    titleTwo: "you need to meet",
    lead: "Picture and voice go straight to each other, not through a server.",
    room: "Room ID",
    roomPlaceholder: "our-home",
    newRoom: "Make one",
    newRoomHint: "Make up a new room ID",
    canonical: (id: string) => `You will meet in “${id}”`,
    roomProblems: {
      empty: "Type a room ID, or make one up.",
      "too-long": "At most 64 characters.",
      character: "Only letters, digits, - and _. No spaces.",
    },
    name: "Name",
    namePlaceholder: "How others see you",
    join: "Join",
    note: "You can join without a camera or microphone. The room disappears when the last person leaves.",
    preview: "Preview",
    ready: "Check how you look and sound first",
    readyHelp: "Nobody sees or hears you before you join. Your browser may ask for permission.",
    cameraOff: "Your camera is off",
    voiceOnly: "You will join with your voice only. You can turn the camera on at any time.",
    opening: "Opening the camera…",
    turnOnCamera: "Turn on camera",
    turnOnMicrophone: "Turn on microphone",
    turnOffCamera: "Turn off camera",
    turnOffMicrophone: "Turn off microphone",
    noMedia: {
      "insecure-page": {
        title: "Camera and microphone need https://",
        help: "This page was opened with http://, and browsers give no devices to such pages. You can still join: you see and hear the others, and you can chat.",
      },
      "no-capture": {
        title: "This browser offers no camera or microphone",
        help: "You can still join: you see and hear the others, and you can chat. To be seen and heard, open this page in Chrome, Edge, Firefox or Safari itself.",
      },
      "no-webrtc": {
        title: "This browser cannot carry calls",
        help: "It has no WebRTC, or WebRTC is switched off. You can join and see who is there; for picture and voice, open this page in another browser.",
      },
      "no-engine": {
        title: "This window cannot carry calls",
        help: "You can join and see who is there. For picture and voice, open the room in a browser.",
      },
    } satisfies Record<NoMediaReason, Explanation>,
    engineProblems: "Pictures do not work on this computer yet; voices do",
    server: (host: string) => `Server ${host}`,
    shortcuts: "Shortcuts",
  },
  engineProblem: {
    "no-video-worker": "The part that handles pictures did not start. Close Maru and open it again.",
    "no-frame-access":
      "This system's web view cannot hand out camera pictures. Install WebKitGTK 2.46 or newer (package libwebkit2gtk-4.1-0).",
    "slow-frame-access":
      "Works, at more cost: this system's web view hands out camera pictures only through the window. With WebKitGTK 2.46 or newer (package libwebkit2gtk-4.1-0) a call takes less of the processor.",
    "slow-frame-display":
      "Works, at more cost: this system's web view shows received pictures only by drawing them. With WebKitGTK 2.46 or newer (package libwebkit2gtk-4.1-0) a call takes less of the processor.",
    "no-frame-display":
      "This system's web view cannot show received pictures. Install WebKitGTK 2.46 or newer (package libwebkit2gtk-4.1-0).",
    "no-vp8-encoder": "Your camera cannot be encoded. Install the package gstreamer1.0-plugins-good.",
    "no-vp8-decoder": "Others' pictures cannot be decoded. Install the package gstreamer1.0-plugins-good.",
    "insecure-page": "Camera, microphone and screen need a page opened with https://.",
    ...MISSING_COMPONENTS,
  },
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
  refused: (code: ErrorCode | Other): Explanation => (isErrorCode(code) ? REFUSED[code] : REFUSED_UNKNOWN),
  call: {
    stage: "People in the call",
    alone: "Nobody else is here yet",
    aloneHelp: "Send the link. Whoever opens it is here with you.",
    copyLink: "Copy link",
    linkCopied: "Link copied",
    linkNotCopied: "The link could not be copied. Select it here:",
    invite: "Invite",
    elapsed: "Time in the call",
    grid: "Grid",
    speaker: "Speaker",
    toGrid: "Show everyone in a grid",
    toSpeaker: "Show who is speaking large",
    spotlight: (name: string) => `Show ${name} large`,
    unspotlight: (name: string) => `Back to everyone (${name} is large)`,
    screenOf: (name: string) => `${name}'s screen`,
    chooseScreen: "Shared screens",
    sharing: "You are sharing your screen",
    stopSharing: "Stop sharing",
    people: (count: number) => `${count} ${plural(count, "person", "people")}`,
    muted: "Muted",
    microphoneOn: "Microphone on",
    cameraOff: "Camera off",
    cameraOn: "Camera on",
    handUp: "Hand raised",
    isSharing: "Sharing a screen",
    absent: "Not connected to the server right now",
    links: {
      connecting: "Connecting…",
      connected: "Connected",
      reconnecting: "Reconnecting…",
      failed: "No connection",
      closed: "Disconnected",
    },
    problems: {
      "no-audio-codec": "No audio codec in common",
      "no-video-codec": "No video codec in common",
    },
    problemsHelp: {
      "no-audio-codec":
        "Your programs have no audio codec in common, so no sound goes either way. Picture and chat work.",
      "no-video-codec":
        "Your programs have no video codec in common, so no picture goes either way. Sound and chat work.",
    },
    linkFailedHelp: (name: string) =>
      `${name} and you do not reach each other. Often a network between blocks direct calls.`,
    muteHint: "You are muted, and it sounds as if you speak.",
    playbackBlocked: "Your browser holds back the sound.",
    playbackUnblock: "Click to hear everyone",
    signalingLost: "The server is out of reach. The call goes on.",
    signalingLostHelp: "People who are not here yet cannot join until it is back.",
    noMediaTitle: "You are in the room",
    noMediaBody: {
      "no-webrtc":
        "This browser has no WebRTC, or it is switched off: no picture and no voice here. The others see you in the list. Open this page in another browser for the call.",
      "no-engine":
        "This window cannot carry picture and voice on this system. The others see you in the list.",
    },
    listening: {
      "insecure-page":
        "Camera and microphone need https://, and this page was opened with http://. You see and hear the others; they do not see or hear you.",
      "no-capture":
        "This browser offers no camera or microphone. You see and hear the others; they do not see or hear you.",
    },
    openInBrowser: "Open this room in the browser",
  },
  dock: {
    label: "Call controls",
    mute: "Mute microphone",
    unmute: "Unmute microphone",
    cancelMicrophone: "Cancel turning on the microphone",
    cameraOn: "Turn on camera",
    cameraOff: "Turn off camera",
    cancelCamera: "Cancel turning on the camera",
    share: "Share screen",
    stopShare: "Stop sharing",
    cancelShare: "Cancel sharing",
    react: "React",
    raiseHand: "Raise hand",
    lowerHand: "Lower hand",
    chat: "Chat",
    chatUnread: (count: number) => `Chat, ${count} unread`,
    people: "People",
    more: "More",
    leave: "Leave",
    microphoneDevices: "Choose microphone and speaker",
    cameraDevices: "Choose camera",
  },
  menu: {
    screenContent: "Tune shared screen for",
    text: "Text and detail",
    motion: "Video and motion",
    settings: "Settings",
    shortcuts: "Keyboard shortcuts",
    microphone: "Microphone",
    camera: "Camera",
    speaker: "Speaker",
    unnamed: (index: number) => `Device ${index}`,
  },
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
  quality: {
    levels: { good: "Good", fair: "Fair", poor: "Poor", unknown: "Not known yet" } satisfies Record<
      Quality["level"],
      string
    >,
    mark: {
      good: "Connection: good",
      fair: "Connection: fair",
      poor: "Connection: poor",
      unknown: "Connection: not known yet",
    } satisfies Record<Quality["level"], string>,
    causes: {
      loss: "Parts of picture and sound get lost on the way.",
      delay: "What is said arrives late.",
      jitter: "Sound arrives unevenly, and gaps are filled in.",
      bandwidth: "There is little room to send your picture.",
      frames: "Their picture arrives haltingly.",
    } satisfies Record<Cause, string>,
    advice: {
      loss: "Move closer to the router or use a cable; if only they are affected, they should.",
      delay: "Stop large downloads and VPNs on both sides, and leave a pause before you answer.",
      jitter: "Move closer to the router or use a cable, and stop other downloads.",
      bandwidth: "Turn off your camera for a while, or stop other uploads on your network.",
      frames: "Ask them to close other programs, or to turn off their camera for a while.",
    } satisfies Record<Cause, string>,
  },
  statistics: {
    title: (name: string) => `Connection to ${name}`,
    waiting: "Figures appear once you are connected.",
    technical: "All figures",
    connection: "Connection",
    roundTrip: "Round trip",
    loss: "Lost on the way here",
    sentLoss: "Lost on the way there",
    jitter: "Jitter",
    received: "Received",
    sent: "Sent",
    available: "Room to send",
    path: "Path",
    paths: { direct: "Direct", relay: "Through a relay" },
    theirs: {
      microphone: "Their voice",
      camera: "Their picture",
      screen: "Their screen",
      "screen-audio": "Their screen's sound",
    } satisfies Record<Source, string>,
    ours: {
      microphone: "Your voice",
      camera: "Your picture",
      screen: "Your screen",
      "screen-audio": "Your screen's sound",
    } satisfies Record<Source, string>,
    resolution: "Resolution",
    frameRate: "Frame rate",
    framesPerSecond: (rate: string) => `${rate} per second`,
    codec: "Codec",
    encodeTime: "Encoding a frame",
    decodeTime: "Decoding a frame",
    limitation: "Held back by",
    limitations: {
      none: "Nothing",
      bandwidth: "The connection",
      cpu: "This computer",
      other: "Something else",
    } satisfies Record<Limitation, string>,
    frozen: "Standing still",
    concealed: "Sound filled in",
    buffer: "Waiting for late sound",
  },
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
  device: (device: Device, code: DeviceErrorCode): Explanation => {
    const name = DEVICE_NAMES[device];
    switch (code) {
      case "denied":
        return device === "screen"
          ? {
              title: "Sharing the screen is not allowed",
              help: "Allow screen recording for this app in the system's privacy settings, then try again.",
            }
          : {
              title: `The ${name} is blocked`,
              help: `Allow the ${name} for this page (the icon beside the address) or in the system's privacy settings, then try again. You can join without it.`,
            };
      case "missing":
        return {
          title: `No ${name} found`,
          help: `Plug one in, and it is found by itself. You can join without it.`,
        };
      case "busy":
        return {
          title: `Another program is using the ${name}`,
          help: `Close the program that uses it, then try again. You can join without it.`,
        };
      case "insecure":
        return {
          title: `The ${name} needs a secure page`,
          help: "Open this page with https:// (or on localhost), then try again. You can join without it.",
        };
      case "unsupported":
        return {
          title: `${capital(name)} is not available here`,
          help: "This window or browser cannot use it. A current browser can; you can join without it.",
        };
      case "no-pipewire-plugin":
      case "no-camera-portal":
      case "no-screen-portal":
      case "no-graphics-card":
        return {
          title:
            device === "screen"
              ? "The screen cannot be shared here yet"
              : `The ${name} cannot be opened here yet`,
          help: MISSING_COMPONENTS[code],
        };
      case "cancelled":
        return { title: "Nothing was chosen to share", help: "Choose again whenever you like." };
      case "failed":
        return {
          title: `The ${name} did not start`,
          help: "Unplug it and plug it in again or choose another one, then try again. You can join without it.",
        };
    }
  },
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
