/** The call, its control bar and its menus. */
import { plural } from "../plural";

const ORDINAL = new Intl.PluralRules("en", { type: "ordinal" });
const SUFFIXES: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> = { one: "st", two: "nd", few: "rd" };

/** "1st". */
function ordinal(position: number): string {
  return `${position}${SUFFIXES[ORDINAL.select(position)] ?? "th"}`;
}

export const callEn = {
  stage: "People in the call",
  alone: "Nobody else is here yet",
  aloneHelp: "Send the invitation link. It opens this room.",
  aloneHelpHere:
    "The server is on this computer, so this link works only here. To meet others, use a server that they can reach.",
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
  screenOf: (name: string) => `${name}'s screen`,
  chooseScreen: "Shared screens",
  sharing: "You are sharing your screen",
  stopSharing: "Stop sharing",
  people: (count: number) => `${count} ${plural(count, "person", "people")}`,
  muted: "Muted",
  microphoneOn: "Microphone on",
  cameraOff: "Camera off",
  cameraOn: "Camera on",
  handUp: (position: number | null) =>
    position === null ? "Hand raised" : `Hand raised, ${ordinal(position)}`,
  ordinal,
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
    "hidden-addresses": "Hidden network addresses",
  },
  problemsHelp: {
    "no-audio-codec":
      "Your programs have no audio codec in common, so you cannot hear each other. Video and chat work.",
    "no-video-codec":
      "Your programs have no video codec in common, so you cannot see each other. Sound and chat work.",
    "hidden-addresses":
      "Both browsers hide their network address until a microphone or camera was on, and this network does not find them.",
  },
  hiddenAddresses: {
    title: "Not connected yet",
    help: (name: string) =>
      `Both browsers hide where they are on the network until a microphone or camera was on, and this network does not find them. Turn on your microphone for a moment, or ask ${name} to. With a TURN server nobody has to.`,
    helpThere: (name: string) =>
      `Both browsers hide where they are on the network until a microphone or camera was on, and this network does not find them. It helps if ${name} turns on the microphone for a moment, or a TURN server.`,
    turnOn: "Turn on microphone",
  },
  linkFailedHelp: (name: string) =>
    `You and ${name} cannot connect directly. Often a network in between blocks direct connections.`,
  microphoneOff: "Your microphone is off: nobody hears you.",
  interrupted: {
    microphone:
      "The system, a headset's switch or another call has silenced your microphone. It comes back by itself.",
    camera: "The system or another app has stopped your camera. It comes back by itself.",
  },
  reopen: "Turn on again",
  muteHint: "You are muted, and it sounds like you are speaking.",
  playbackBlocked: "Your browser is blocking the sound.",
  playbackUnblock: "Click to hear everyone",
  videoBlocked: "Your browser is blocking the video.",
  videoUnblock: "Click to see everyone",
  signalingLost: "The connection to the server is lost. The call goes on.",
  signalingLostHelp: "Nobody new can join until it is back.",
  networkDown: {
    title: "Your network is down.",
    help: "Check the cable or the Wi-Fi. You are back in the call once it works.",
  },
  nextTry: (seconds: number) => `Next try in ${seconds} s`,
  trying: "Trying…",
  tryNow: "Try now",
  noMediaTitle: "You are in the room",
  noMediaBody: {
    "no-webrtc":
      "This browser has no WebRTC, or it is switched off, so you cannot see or hear anyone. The others see you in their list. To join the call, open this page in another browser.",
    "no-engine":
      "This window cannot send or receive video and sound on this system. The others see you in their list.",
  },
  listening: {
    "insecure-page":
      "Camera and microphone need https://, and this page was opened with http://. You see and hear the others; they do not see or hear you.",
    "no-capture":
      "This browser offers no camera or microphone. You see and hear the others; they do not see or hear you.",
  },
  openInBrowser: "Open this room in the browser",
};

export const dockEn = {
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
};

export const menuEn = {
  screenContent: "Optimize shared screen for",
  text: "Sharp text",
  motion: "Smooth motion",
  settings: "Settings",
  shortcuts: "Keyboard shortcuts",
  microphone: "Microphone",
  camera: "Camera",
  speaker: "Speaker",
  unnamed: (index: number) => `Device ${index}`,
  testSound: "Play a test sound",
  testSoundHelp: "Did you hear three notes? If not, choose another speaker or turn up the volume.",
};
