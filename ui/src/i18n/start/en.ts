/** The start screen. */
import type { NoMediaReason } from "../../call/no-media-reason";
import type { Explanation } from "../explanation";

export const startEn = {
  titleOne: "A room ID is all",
  titleTwo: "you need to meet",
  invitedOne: "You are invited to",
  invitedTwo: (room: string) => `“${room}”`,
  lead: "Video and voice go directly to each other, not through a server.",
  room: "Room ID",
  roomPlaceholder: "e.g. our-home",
  newRoom: "Make one",
  newRoomHint: "Make up a new room ID",
  canonical: (id: string) => `You will meet in “${id}”`,
  roomProblems: {
    empty: "Type a room ID, or make one up.",
    "too-long": "Use at most 64 characters.",
    character: "Use only letters, digits, - and _. No spaces.",
    link: "This is not the link of a room. One looks like https://maru.example.org/r/our-home.",
  },
  otherServer: (room: string, server: string) => `You will meet in “${room}” on ${server}`,
  name: "Name",
  namePlaceholder: "How others see you",
  join: "Join",
  rejoin: "Rejoin",
  microphoneOff: "Your microphone is off. Turn it on to be heard.",
  turnsOn: {
    microphone: "Your microphone turns on again, as it was in the call.",
    camera: "Your camera turns on again, as it was in the call.",
    both: "Your microphone and camera turn on again, as they were in the call.",
  },
  note: "You can join without a camera or microphone. The room disappears when the last person leaves.",
  preview: "Preview",
  ready: "Check how you look and sound first",
  readyHelp: "Nobody sees or hears you before you join. Your browser may ask for permission.",
  cameraOff: "Your camera is off",
  voiceOnly: "You will join with your voice only. You can turn the camera on at any time.",
  cameraStopped: "Your camera has stopped for now",
  nothingOn: "You will join without camera and microphone. You can turn them on at any time.",
  joinWithout: "You can join without it.",
  silent: {
    title: "We cannot hear you yet",
    help: "Say something. If the bars stay still, choose another microphone, or look for a mute switch on it.",
  },
  chooseMicrophone: "Choose microphone",
  opening: "Opening the camera…",
  turnOnCamera: "Turn on camera",
  turnOnMicrophone: "Turn on microphone",
  turnOffCamera: "Turn off camera",
  turnOffMicrophone: "Turn off microphone",
  noMedia: {
    "insecure-page": {
      title: "Camera and microphone need https://",
      help: "This page was opened with http://, and browsers give no devices to such pages. You can still join: you see and hear the others, and you can chat. To be seen and heard, ask whoever runs this server for its https:// address.",
    },
    "no-capture": {
      title: "This browser offers no camera or microphone",
      help: "You can still join: you see and hear the others, and you can chat. To be seen and heard, open this page in Chrome, Edge, Firefox or Safari itself.",
    },
    "no-webrtc": {
      title: "This browser cannot carry calls",
      help: "It has no WebRTC, or WebRTC is switched off. You can join and see who is there; for video and voice, open this page in another browser.",
    },
    "no-engine": {
      title: "This window cannot carry calls",
      help: "You can join and see who is there. For video and voice, open the room in a browser.",
    },
  } satisfies Record<NoMediaReason, Explanation>,
  engineProblems: "Video does not work on this computer yet; voice does",
  server: (host: string) => `Server ${host}`,
  shortcuts: "Shortcuts",
};
