import type { callEn, dockEn, menuEn } from "./en";

export const callKo: typeof callEn = {
  stage: "통화에 있는 사람들",
  alone: "아직 아무도 없어요",
  aloneHelp: "초대 링크를 보내 주세요. 링크를 열면 바로 이 방에서 만나요.",
  aloneHelpHere:
    "서버가 이 컴퓨터에 있어서 이 링크는 여기에서만 열려요. 다른 사람과 만나려면 그 사람도 연결할 수 있는 서버를 써 주세요.",
  copyLink: "링크 복사",
  linkCopied: "링크를 복사했어요",
  linkNotCopied: "링크를 복사하지 못했어요. 아래에서 직접 선택해 복사해 주세요.",
  invite: "초대",
  elapsed: "통화 시간",
  grid: "갤러리",
  speaker: "발표자",
  toGrid: "갤러리로 보기",
  toSpeaker: "발표자 크게 보기",
  spotlight: (name) => `${name} 크게 보기`,
  screenOf: (name) => `${name} 님의 화면`,
  chooseScreen: "공유 중인 화면",
  sharing: "내 화면을 공유하고 있어요",
  stopSharing: "공유 중지",
  people: (count) => `${count}명`,
  muted: "마이크 꺼짐",
  microphoneOn: "마이크 켜짐",
  cameraOff: "카메라 꺼짐",
  cameraOn: "카메라 켜짐",
  handUp: (position) => (position === null ? "손을 들었어요" : `손을 들었어요, ${position}번째`),
  ordinal: (position) => `${position}번째`,
  isSharing: "화면 공유 중",
  absent: "지금 서버와 연결이 끊겨 있어요",
  links: {
    connecting: "연결하고 있어요…",
    connected: "연결됨",
    reconnecting: "다시 연결하고 있어요…",
    failed: "연결하지 못했어요",
    closed: "연결이 끝났어요",
  },
  problems: {
    "no-audio-codec": "공통 음성 코덱이 없어요",
    "no-video-codec": "공통 영상 코덱이 없어요",
    "hidden-addresses": "네트워크 주소가 가려져 있어요",
  },
  problemsHelp: {
    "no-audio-codec":
      "두 프로그램에 공통으로 쓸 음성 코덱이 없어서 소리를 주고받을 수 없어요. 영상과 채팅은 쓸 수 있어요.",
    "no-video-codec":
      "두 프로그램에 공통으로 쓸 영상 코덱이 없어서 영상을 주고받을 수 없어요. 소리와 채팅은 쓸 수 있어요.",
    "hidden-addresses":
      "두 브라우저 모두 마이크나 카메라를 한 번 켤 때까지 네트워크 주소를 숨기는데, 이 네트워크에서는 서로를 찾을 수 없어요.",
  },
  hiddenAddresses: {
    title: "아직 연결하지 못했어요",
    help: (name) =>
      `두 브라우저 모두 마이크나 카메라를 한 번 켤 때까지 네트워크 주소를 숨기는데, 이 네트워크에서는 서로를 찾을 수 없어요. 잠깐 마이크를 켜 주세요. ${name} 님이 켜도 연결돼요. TURN 서버가 있으면 켜지 않아도 돼요.`,
    helpThere: (name) =>
      `두 브라우저 모두 마이크나 카메라를 한 번 켤 때까지 네트워크 주소를 숨기는데, 이 네트워크에서는 서로를 찾을 수 없어요. ${name} 님이 잠깐 마이크를 켜거나 TURN 서버를 쓰면 연결돼요.`,
    turnOn: "마이크 켜기",
  },
  linkFailedHelp: (name) =>
    `${name} 님과 직접 연결할 수 없어요. 중간에 있는 네트워크가 직접 연결을 막는 경우가 많아요.`,
  microphoneOff: "마이크가 꺼져 있어서 아무에게도 들리지 않아요.",
  interrupted: {
    microphone:
      "시스템이나 헤드셋 버튼, 다른 통화 때문에 마이크가 잠시 멈췄어요. 풀리면 자동으로 다시 들려요.",
    camera: "시스템이나 다른 앱 때문에 카메라가 잠시 멈췄어요. 풀리면 자동으로 다시 보여요.",
  },
  reopen: "다시 켜기",
  muteHint: "마이크가 꺼져 있는데 말하고 있는 것 같아요.",
  playbackBlocked: "브라우저가 소리를 막고 있어요.",
  playbackUnblock: "눌러서 소리 듣기",
  videoBlocked: "브라우저가 영상을 막고 있어요.",
  videoUnblock: "눌러서 영상 보기",
  signalingLost: "서버와 연결이 끊겼어요. 통화는 계속돼요.",
  signalingLostHelp: "다시 연결될 때까지 다른 사람이 새로 들어올 수 없어요.",
  networkDown: {
    title: "내 네트워크가 끊겼어요.",
    help: "랜선이나 와이파이를 확인해 주세요. 다시 연결되면 통화도 이어져요.",
  },
  nextTry: (seconds) => `${seconds}초 뒤 다시 시도해요`,
  trying: "다시 시도하고 있어요…",
  tryNow: "지금 시도",
  noMediaTitle: "방에 들어와 있어요",
  noMediaBody: {
    "no-webrtc":
      "이 브라우저에는 WebRTC가 없거나 꺼져 있어서 영상과 소리를 주고받을 수 없어요. 다른 사람의 참가자 목록에는 보여요. 통화하려면 다른 브라우저에서 열어 주세요.",
    "no-engine":
      "이 시스템의 이 창에서는 영상과 소리를 주고받을 수 없어요. 다른 사람의 참가자 목록에는 보여요.",
  },
  listening: {
    "insecure-page":
      "이 페이지는 http://로 열려 있고, 카메라와 마이크는 https://에서만 쓸 수 있어요. 다른 사람을 보고 들을 수 있지만, 내 모습과 목소리는 전해지지 않아요.",
    "no-capture":
      "이 브라우저에서는 카메라와 마이크를 쓸 수 없어요. 다른 사람을 보고 들을 수 있지만, 내 모습과 목소리는 전해지지 않아요.",
  },
  openInBrowser: "브라우저에서 이 방 열기",
};

export const dockKo: typeof dockEn = {
  label: "통화 제어",
  mute: "마이크 끄기",
  unmute: "마이크 켜기",
  cancelMicrophone: "마이크 켜기 취소",
  cameraOn: "카메라 켜기",
  cameraOff: "카메라 끄기",
  cancelCamera: "카메라 켜기 취소",
  share: "화면 공유",
  stopShare: "공유 중지",
  cancelShare: "화면 공유 취소",
  react: "반응 보내기",
  raiseHand: "손들기",
  lowerHand: "손 내리기",
  chat: "채팅",
  chatUnread: (count) => `채팅, 안 읽은 메시지 ${count}개`,
  people: "참가자",
  more: "더 보기",
  leave: "나가기",
  microphoneDevices: "마이크와 스피커 고르기",
  cameraDevices: "카메라 고르기",
};

export const menuKo: typeof menuEn = {
  screenContent: "화면 공유 최적화",
  text: "글자를 선명하게",
  motion: "움직임을 부드럽게",
  settings: "설정",
  shortcuts: "키보드 단축키",
  microphone: "마이크",
  camera: "카메라",
  speaker: "스피커",
  unnamed: (index) => `장치 ${index}`,
  testSound: "소리 들어 보기",
  testSoundHelp: "소리가 세 번 들렸나요? 안 들렸다면 다른 스피커를 고르거나 소리를 키워 보세요.",
};
