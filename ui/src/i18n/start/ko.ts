import type { startEn } from "./en";

export const startKo: typeof startEn = {
  titleOne: "방 ID만 있으면",
  titleTwo: "바로 만나요",
  lead: "영상과 목소리는 서버를 거치지 않고 상대에게 바로 전달돼요.",
  room: "방 ID",
  roomPlaceholder: "우리집",
  newRoom: "새로 만들기",
  newRoomHint: "새 방 ID 만들기",
  canonical: (id) => `“${id}” 방에서 만나요`,
  roomProblems: {
    empty: "방 ID를 입력하거나 새로 만들어 주세요.",
    "too-long": "64자를 넘지 않게 줄여 주세요.",
    character: "글자, 숫자, -, _만 쓸 수 있어요. 띄어쓰기는 빼 주세요.",
    link: "방 링크가 아니에요. “https://maru.example.org/r/우리집”처럼 생긴 링크를 넣어 주세요.",
  },
  otherServer: (room, server) => `${server} 서버의 “${room}” 방에서 만나요`,
  name: "이름",
  namePlaceholder: "다른 사람에게 보일 이름",
  join: "들어가기",
  rejoin: "다시 들어가기",
  turnsOn: {
    microphone: "통화할 때처럼 마이크가 다시 켜져요.",
    camera: "통화할 때처럼 카메라가 다시 켜져요.",
    both: "통화할 때처럼 마이크와 카메라가 다시 켜져요.",
  },
  note: "카메라나 마이크 없이도 들어갈 수 있어요. 마지막 사람이 나가면 방은 바로 사라져요.",
  preview: "미리보기",
  ready: "들어가기 전에 내 모습과 소리를 확인해 보세요",
  readyHelp:
    "들어가기 전에는 아무에게도 보이거나 들리지 않아요. 장치를 켜면 브라우저가 권한을 물을 수 있어요.",
  cameraOff: "카메라가 꺼져 있어요",
  voiceOnly: "목소리만으로 들어가요. 카메라는 언제든 켤 수 있어요.",
  cameraStopped: "카메라가 잠시 멈췄어요",
  nothingOn: "카메라와 마이크 없이 들어가요. 언제든 켤 수 있어요.",
  joinWithout: "없이도 들어갈 수 있어요.",
  silent: {
    title: "아직 아무 소리도 들리지 않아요",
    help: "한마디 해 보세요. 막대가 움직이지 않으면 다른 마이크를 고르거나, 마이크에 달린 버튼으로 꺼 두지 않았는지 봐 주세요.",
  },
  chooseMicrophone: "마이크 고르기",
  opening: "카메라를 켜고 있어요…",
  turnOnCamera: "카메라 켜기",
  turnOnMicrophone: "마이크 켜기",
  turnOffCamera: "카메라 끄기",
  turnOffMicrophone: "마이크 끄기",
  noMedia: {
    "insecure-page": {
      title: "카메라와 마이크는 https:// 주소에서만 쓸 수 있어요",
      help: "이 페이지는 http://로 열려 있어서 브라우저가 장치를 쓰지 못하게 해요. 그래도 들어가서 다른 사람을 보고 들을 수 있고, 채팅도 할 수 있어요. 내 모습과 목소리도 보내려면 서버 관리자에게 https:// 주소를 물어봐 주세요.",
    },
    "no-capture": {
      title: "이 브라우저에서는 카메라와 마이크를 쓸 수 없어요",
      help: "그래도 들어갈 수 있어요. 다른 사람을 보고 들을 수 있고, 채팅도 할 수 있어요. 내 모습과 목소리를 보내려면 Chrome, Edge, Firefox, Safari에서 직접 열어 주세요.",
    },
    "no-webrtc": {
      title: "이 브라우저에서는 통화할 수 없어요",
      help: "WebRTC가 없거나 꺼져 있어요. 들어가서 누가 있는지는 볼 수 있어요. 통화하려면 다른 브라우저에서 이 페이지를 열어 주세요.",
    },
    "no-engine": {
      title: "이 창에서는 통화할 수 없어요",
      help: "들어가서 누가 있는지는 볼 수 있어요. 통화하려면 브라우저에서 방을 열어 주세요.",
    },
  },
  engineProblems: "이 컴퓨터에서는 아직 영상을 쓸 수 없어요. 음성은 쓸 수 있어요",
  server: (host) => `서버 ${host}`,
  shortcuts: "단축키",
};
