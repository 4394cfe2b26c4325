import type { MissingComponent } from "../engine/types";
import { isErrorCode } from "../protocol/check";
import type { ErrorCode, Source } from "../protocol/generated";
import type { Text } from "./en";
import type { Explanation } from "./explanation";
import { filesKo } from "./files/ko";
import { josa } from "./josa";

const DEVICE_NAMES = { microphone: "마이크", camera: "카메라", screen: "화면 공유" };

const SOURCES: Record<Source, string> = {
  microphone: "마이크",
  camera: "카메라",
  screen: "화면 공유",
  "screen-audio": "공유 화면의 소리",
};

const MISSING_COMPONENTS: Record<MissingComponent, string> = {
  "no-pipewire-plugin":
    "여기서는 카메라와 화면이 PipeWire를 거쳐요. 패키지 gstreamer1.0-pipewire(Fedora는 pipewire-gstreamer)를 설치하고 Maru를 다시 여세요.",
  "no-camera-portal":
    "여기서는 카메라가 데스크톱 포털을 거쳐요. 패키지 xdg-desktop-portal과 데스크톱에 맞는 것(xdg-desktop-portal-gnome, -kde, -gtk)을 설치하고 다시 로그인하세요.",
  "no-screen-portal":
    "여기서는 화면 공유가 데스크톱 포털을 거쳐요. 패키지 xdg-desktop-portal과 데스크톱에 맞는 것(xdg-desktop-portal-gnome, -kde, -wlr)을 설치하고 다시 로그인하세요.",
  "no-graphics-card":
    "여기서는 화면이 그래픽 카드를 거치는데, 이 컴퓨터에는 없어요(/dev/dri/renderD*). 대신 브라우저로 방에 들어와 공유하세요.",
};

const REFUSED_UNKNOWN: Explanation = {
  title: "서버가 연결을 끝냈어요",
  help: "이 버전에 없는 이유라 기술 정보에 그대로 적어 두었어요. 새로고침하거나 maru를 업데이트한 뒤 다시 들어와 주세요.",
};

const REFUSED: Record<ErrorCode, Explanation> = {
  "bad-message": {
    title: "서버가 이 앱의 말을 알아듣지 못했어요",
    help: "새로고침해서 최신 버전으로 열어 주세요. 그래도 같다면 기술 정보를 복사해 서버 관리자에게 알려 주세요.",
  },
  "room-full": {
    title: "방이 가득 찼어요",
    help: "누군가 나간 뒤에 다시 들어오거나, 다른 방 ID에서 만나 보세요.",
  },
  "invalid-room": {
    title: "방 ID로 쓸 수 없는 글자가 있어요",
    help: "어떤 언어의 글자와 숫자든 쓸 수 있고, 기호는 -와 _만 돼요. 64자까지예요.",
  },
  "invalid-name": { title: "쓸 수 없는 이름이에요", help: "줄바꿈 없이 64자까지 쓸 수 있어요." },
  "unknown-participant": {
    title: "이미 나간 분이에요",
    help: "참가자 목록은 최신이에요. 따로 할 일은 없어요.",
  },
  "too-large": { title: "보낸 내용이 너무 커요", help: "나누어 보내 주세요." },
  "rate-limited": { title: "한꺼번에 너무 많이 보냈어요", help: "잠시 뒤에 다시 해 주세요." },
  unauthorized: {
    title: "이 서버는 초대가 필요해요",
    help: "초대한 분에게 새 링크를 받아 그 링크로 열어 주세요.",
  },
  "unsupported-version": {
    title: "앱과 서버의 버전이 맞지 않아요",
    help: "새로고침하거나 maru를 업데이트해 주세요. 그래도 같다면 서버를 업데이트해야 해요.",
  },
  "shutting-down": { title: "서버가 다시 시작하고 있어요", help: "곧 돌아와요. 자동으로 다시 연결해요." },
  "already-joined": { title: "이미 방에 들어와 있어요", help: "먼저 나간 뒤에 다시 들어와 주세요." },
  "not-joined": { title: "지금은 방 밖에 있어요", help: "다시 들어와 주세요." },
  "server-full": { title: "서버가 가득 찼어요", help: "몇 분 뒤에 다시 해 보거나 다른 서버를 써 주세요." },
  "too-many-connections": {
    title: "같은 네트워크에서 연결이 너무 많아요",
    help: "다른 창의 maru를 닫고 다시 해 주세요.",
  },
  "slow-reader": {
    title: "네트워크가 느려서 연결이 끊겼어요",
    help: "다시 연결하고 있어요. 자주 그렇다면 공유기 가까이로 옮기거나 다른 다운로드를 멈춰 보세요.",
  },
  "timed-out": { title: "서버와 연락이 끊겼어요", help: "네트워크를 확인하고 다시 해 주세요." },
  replaced: {
    title: "다른 창에서 들어갔어요",
    help: "통화는 그 창에서 이어져요. 여기서 계속하려면 다시 들어와 주세요.",
  },
};

export const ko: Text = {
  languageName: "한국어",
  common: {
    close: "닫기",
    cancel: "취소",
    retry: "다시 시도",
    copy: "복사",
    copied: "복사했어요",
    notCopied: "복사하지 못했어요",
    details: "기술 정보",
    dismiss: "닫기",
    you: "나",
    me: (name) => `${name} (나)`,
    guest: "손님",
    system: "시스템 기본값",
  },
  start: {
    titleOne: "방 이름만 있으면",
    titleTwo: "바로 만나요",
    lead: "영상과 목소리는 서버를 거치지 않고 서로에게 곧장 가요.",
    room: "방 ID",
    roomPlaceholder: "우리집",
    newRoom: "새로 만들기",
    newRoomHint: "새 방 ID 만들기",
    canonical: (id) => `“${id}” 방에서 만나요`,
    roomProblems: {
      empty: "방 ID를 쓰거나 새로 만들어 주세요.",
      "too-long": "64자까지 쓸 수 있어요.",
      character: "글자와 숫자, -와 _만 쓸 수 있어요. 띄어쓰기는 빼 주세요.",
    },
    name: "이름",
    namePlaceholder: "다른 사람에게 보일 이름",
    join: "들어가기",
    note: "카메라나 마이크 없이도 들어갈 수 있어요. 마지막 사람이 나가면 방은 바로 사라져요.",
    preview: "미리보기",
    ready: "들어가기 전에 먼저 확인해 보세요",
    readyHelp: "들어가기 전에는 아무에게도 보이거나 들리지 않아요. 켜면 브라우저가 권한을 물을 수 있어요.",
    cameraOff: "카메라가 꺼져 있어요",
    voiceOnly: "목소리만으로 들어가요. 카메라는 언제든 켤 수 있어요.",
    opening: "카메라를 여는 중이에요…",
    turnOnCamera: "카메라 켜기",
    turnOnMicrophone: "마이크 켜기",
    turnOffCamera: "카메라 끄기",
    turnOffMicrophone: "마이크 끄기",
    noMedia: {
      "insecure-page": {
        title: "카메라와 마이크는 https:// 주소에서만 쓸 수 있어요",
        help: "이 페이지는 http://로 열려 있어서 브라우저가 장치를 내주지 않아요. 그래도 들어갈 수 있어요. 다른 사람을 보고 들을 수 있고, 채팅도 돼요.",
      },
      "no-capture": {
        title: "이 브라우저에서는 카메라와 마이크를 쓸 수 없어요",
        help: "그래도 들어갈 수 있어요. 다른 사람을 보고 들을 수 있고, 채팅도 돼요. 내 모습과 목소리를 보내려면 Chrome, Edge, Firefox, Safari에서 직접 열어 주세요.",
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
    engineProblems: "이 컴퓨터에서는 아직 영상이 되지 않아요. 음성은 돼요",
    server: (host) => `서버 ${host}`,
    shortcuts: "단축키",
  },
  engineProblem: {
    "no-video-worker": "영상을 다루는 부분이 시작되지 않았어요. Maru를 닫고 다시 여세요.",
    "no-frame-access":
      "이 시스템의 웹뷰는 카메라 영상을 내주지 못해요. WebKitGTK 2.46 이상(패키지 libwebkit2gtk-4.1-0)을 설치하세요.",
    "slow-frame-access":
      "되지만 프로세서를 더 써요. 이 시스템의 웹뷰는 카메라 영상을 창을 거쳐서만 내줘요. WebKitGTK 2.46 이상(패키지 libwebkit2gtk-4.1-0)에서는 통화가 더 가벼워요.",
    "slow-frame-display":
      "되지만 프로세서를 더 써요. 이 시스템의 웹뷰는 받은 영상을 그려서만 보여 줘요. WebKitGTK 2.46 이상(패키지 libwebkit2gtk-4.1-0)에서는 통화가 더 가벼워요.",
    "no-frame-display":
      "이 시스템의 웹뷰는 받은 영상을 보여 주지 못해요. WebKitGTK 2.46 이상(패키지 libwebkit2gtk-4.1-0)을 설치하세요.",
    "no-vp8-encoder": "카메라 영상을 인코딩할 수 없어요. 패키지 gstreamer1.0-plugins-good을 설치하세요.",
    "no-vp8-decoder": "다른 사람의 영상을 디코딩할 수 없어요. 패키지 gstreamer1.0-plugins-good을 설치하세요.",
    "insecure-page": "카메라, 마이크, 화면 공유는 https://로 연 페이지에서만 돼요.",
    ...MISSING_COMPONENTS,
  },
  about: {
    title: "이 컴퓨터 정보",
    engine: {
      webview: "통화는 이 시스템의 웹뷰에서 이루어져요.",
      native: "이 시스템의 웹뷰는 스스로 통화하지 못해서 Maru가 대신 연결해요.",
      none: "이 시스템의 웹뷰도 Maru도 여기서는 통화를 연결하지 못해요. Maru를 닫고 다시 여세요.",
    },
    fine: "잘 돼요",
    check: {
      worker: "창과 따로 영상 다루기",
      access: "카메라 영상 읽기",
      encoder: "내 영상 인코딩(VP8)",
      decoder: "다른 사람 영상 디코딩(VP8)",
      display: "다른 사람 영상 보여 주기",
      camera: "카메라 열기",
      screen: "화면 공유",
    },
  },
  signaling: {
    idle: "들어갈 때 연결해요",
    connecting: "연결하는 중",
    online: "연결됨",
    reconnecting: "닿지 않아 다시 시도하는 중",
    refused: "거절됨",
  },
  joining: {
    title: (room) => `${room} 방에 들어가는 중`,
    connecting: "서버에 연결하고 있어요…",
    waiting: "방에 들어가고 있어요…",
    unreachable: "서버에 닿지 않아요",
    unreachableHelp: (server) =>
      `${server}에서 답이 없어요. 네트워크와 서버 주소를 확인해 주세요. 자동으로 계속 시도해요.`,
    attempt: (attempt) => `${attempt}번째 시도`,
    changeServer: "서버 바꾸기",
  },
  refused: (code) => (isErrorCode(code) ? REFUSED[code] : REFUSED_UNKNOWN),
  call: {
    stage: "통화에 있는 사람들",
    alone: "아직 아무도 없어요",
    aloneHelp: "링크를 보내 보세요. 열기만 하면 여기서 만나요.",
    copyLink: "링크 복사",
    linkCopied: "링크를 복사했어요",
    linkNotCopied: "링크를 복사하지 못했어요. 여기에서 직접 골라 복사해 주세요.",
    invite: "초대",
    elapsed: "통화 시간",
    grid: "격자",
    speaker: "발표자",
    toGrid: "모두를 격자로 보기",
    toSpeaker: "말하는 사람을 크게 보기",
    spotlight: (name) => `${name} 크게 보기`,
    unspotlight: (name) => `모두 보기 (지금은 ${name} 크게)`,
    screenOf: (name) => `${name} 님의 화면`,
    chooseScreen: "공유 중인 화면",
    sharing: "내 화면을 공유하고 있어요",
    stopSharing: "공유 그만하기",
    people: (count) => `${count}명`,
    muted: "음소거",
    microphoneOn: "마이크 켜짐",
    cameraOff: "카메라 꺼짐",
    cameraOn: "카메라 켜짐",
    handUp: "손을 들었어요",
    isSharing: "화면 공유 중",
    absent: "지금은 서버와 끊겨 있어요",
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
    },
    problemsHelp: {
      "no-audio-codec":
        "두 프로그램에 공통으로 쓸 음성 코덱이 없어서 소리를 주고받을 수 없어요. 영상과 채팅은 쓸 수 있어요.",
      "no-video-codec":
        "두 프로그램에 공통으로 쓸 영상 코덱이 없어서 영상을 주고받을 수 없어요. 소리와 채팅은 쓸 수 있어요.",
    },
    linkFailedHelp: (name) =>
      `${name} 님과 서로 닿지 않아요. 중간 네트워크가 직접 통화를 막는 경우가 많아요.`,
    muteHint: "지금 음소거 상태인데, 말하고 계신 것 같아요.",
    playbackBlocked: "브라우저가 소리를 막고 있어요.",
    playbackUnblock: "눌러서 소리 듣기",
    signalingLost: "서버와 끊겼어요. 통화는 그대로 이어져요.",
    signalingLostHelp: "서버가 돌아올 때까지 새로 들어오는 사람은 만날 수 없어요.",
    noMediaTitle: "방에 들어와 있어요",
    noMediaBody: {
      "no-webrtc":
        "이 브라우저에는 WebRTC가 없거나 꺼져 있어서 영상과 소리를 주고받을 수 없어요. 다른 사람의 목록에는 보여요. 통화하려면 다른 브라우저에서 열어 주세요.",
      "no-engine": "이 시스템의 이 창에서는 영상과 소리를 주고받을 수 없어요. 다른 사람의 목록에는 보여요.",
    },
    listening: {
      "insecure-page":
        "이 페이지는 http://로 열려 있고, 카메라와 마이크는 https://에서만 쓸 수 있어요. 다른 사람을 보고 들을 수 있지만, 내 모습과 목소리는 전해지지 않아요.",
      "no-capture":
        "이 브라우저에서는 카메라와 마이크를 쓸 수 없어요. 다른 사람을 보고 들을 수 있지만, 내 모습과 목소리는 전해지지 않아요.",
    },
    openInBrowser: "브라우저에서 이 방 열기",
  },
  dock: {
    label: "통화 조작",
    mute: "마이크 끄기",
    unmute: "마이크 켜기",
    cancelMicrophone: "마이크 켜기 취소",
    cameraOn: "카메라 켜기",
    cameraOff: "카메라 끄기",
    cancelCamera: "카메라 켜기 취소",
    share: "화면 공유",
    stopShare: "공유 그만하기",
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
  },
  menu: {
    screenContent: "공유 화면을 무엇에 맞출까요",
    text: "글자와 세부",
    motion: "영상과 움직임",
    settings: "설정",
    shortcuts: "키보드 단축키",
    microphone: "마이크",
    camera: "카메라",
    speaker: "스피커",
    unnamed: (index) => `장치 ${index}`,
  },
  reactions: {
    clap: "박수",
    heart: "하트",
    "thumbs-up": "좋아요",
    laugh: "웃음",
    surprise: "놀람",
    party: "축하",
  },
  chat: {
    title: "채팅",
    log: "메시지",
    empty: "아직 메시지가 없어요",
    emptyHelp: "메시지는 지금 있는 사람에게 곧장 가고, 나가면 사라져요.",
    placeholder: "모두에게 메시지 쓰기",
    send: "보내기",
    newMessages: (count) => `새 메시지 ${count}개`,
    undelivered: (names) => `전하지 못한 사람: ${names.join(", ")}`,
    tooLong: (over) => `${over}자 넘었어요`,
    hint: "Enter로 보내고, Shift+Enter로 줄을 바꿔요",
  },
  files: filesKo,
  people: {
    title: "참가자",
    count: (here, capacity) => `${capacity}명 중 ${here}명`,
  },
  quality: {
    levels: { good: "좋음", fair: "보통", poor: "나쁨", unknown: "아직 몰라요" },
    mark: {
      good: "연결 상태: 좋음",
      fair: "연결 상태: 보통",
      poor: "연결 상태: 나쁨",
      unknown: "연결 상태: 아직 몰라요",
    },
    causes: {
      loss: "영상과 소리가 오가는 길에 조금씩 사라지고 있어요.",
      delay: "말이 늦게 도착하고 있어요.",
      jitter: "소리가 고르지 않게 와서 빈 곳을 메우고 있어요.",
      bandwidth: "내 영상을 보낼 여유가 부족해요.",
      frames: "상대의 영상이 끊겨서 와요.",
    },
    advice: {
      loss: "공유기에 더 가까이 가거나 유선으로 연결해 보세요. 상대 쪽 문제라면 상대가 그렇게 해야 해요.",
      delay: "양쪽에서 큰 다운로드와 VPN을 멈추고, 한 박자 쉬고 대답해 보세요.",
      jitter: "공유기에 더 가까이 가거나 유선으로 연결하고, 다른 다운로드를 멈춰 보세요.",
      bandwidth: "잠시 카메라를 끄거나, 같은 네트워크의 다른 업로드를 멈춰 보세요.",
      frames: "상대에게 다른 프로그램을 닫거나 잠시 카메라를 꺼 달라고 해 보세요.",
    },
  },
  statistics: {
    title: (name) => `${name} 님과의 연결`,
    waiting: "연결되면 수치가 나타나요.",
    technical: "모든 수치",
    connection: "연결",
    roundTrip: "왕복 시간",
    loss: "받을 때 손실",
    sentLoss: "보낼 때 손실",
    jitter: "도착 간격 흔들림",
    received: "받는 양",
    sent: "보내는 양",
    available: "보낼 수 있는 양",
    path: "경로",
    paths: { direct: "직접 연결", relay: "중계 서버를 거쳐서" },
    theirs: {
      microphone: "상대의 목소리",
      camera: "상대의 영상",
      screen: "상대의 화면",
      "screen-audio": "상대 화면의 소리",
    },
    ours: {
      microphone: "내 목소리",
      camera: "내 영상",
      screen: "내 화면",
      "screen-audio": "내 화면의 소리",
    },
    resolution: "해상도",
    frameRate: "프레임",
    framesPerSecond: (rate) => `초당 ${rate}장`,
    codec: "코덱",
    encodeTime: "한 장 압축하는 시간",
    decodeTime: "한 장 푸는 시간",
    limitation: "막고 있는 것",
    limitations: { none: "없음", bandwidth: "연결", cpu: "이 컴퓨터", other: "그 밖의 이유" },
    frozen: "멈춰 있던 시간",
    concealed: "메운 소리",
    buffer: "늦는 소리를 기다리는 시간",
  },
  settings: {
    general: "일반",
    devices: "장치",
    language: "언어",
    theme: "테마",
    dark: "어둡게",
    light: "밝게",
    systemTheme: "시스템",
    systemLanguage: "시스템",
    sounds: "누가 들어오고 나갈 때 소리 내기",
    name: "이름",
    server: "서버 주소",
    serverHelp: "다음에 들어갈 때부터 써요.",
    serverInvalid: "주소는 http:// 또는 https://로 시작해요.",
    devicesLater: "장치를 한 번 켜면 여기에서 이름을 보고 고를 수 있어요.",
    voice: "내 목소리",
    listening: "듣는 방법",
    speakers: "스피커",
    headset: "헤드셋",
    listeningHelp: "헤드셋을 쓰면 울림을 지울 필요가 없어서, 함께 말할 때 목소리가 더 또렷해요.",
    noiseSuppression: "주변 소음 줄이기",
    gainControl: "목소리 크기 고르게 하기",
    speakerByBrowser: "이 브라우저에서는 스피커를 브라우저가 골라요.",
    files: "파일",
    downloadFolder: "받은 파일을 저장할 곳",
    systemDownloads: "시스템의 다운로드 폴더",
    chooseFolder: "고르기…",
    resetFolder: "되돌리기",
    downloadFolderHelp: "이 폴더가 없으면 시스템의 다운로드 폴더에 저장해요.",
    systemDownloadsHelp: "받을 때마다 다른 곳을 고를 수도 있어요.",
    downloadFolderFailed: "이 폴더는 쓸 수 없어요. 다른 폴더를 골라 주세요.",
  },
  shortcuts: {
    title: "키보드 단축키",
    note: "글을 쓰는 동안만 빼고 통화 화면 어디서나 쓸 수 있어요.",
    microphone: "마이크 끄고 켜기",
    camera: "카메라 끄고 켜기",
    share: "화면 공유 시작하고 끝내기",
    chat: "채팅",
    people: "참가자",
    files: "파일",
    hand: "손들고 내리기",
    reactions: "반응",
    view: "격자와 발표자 보기",
    help: "단축키 보기",
    close: "열린 것 닫기",
  },
  device: (device, code) => {
    const name = DEVICE_NAMES[device];
    const without = device === "screen" ? "" : " 없이도 들어갈 수 있어요.";
    switch (code) {
      case "denied":
        return device === "screen"
          ? {
              title: "화면 공유가 허용되지 않았어요",
              help: "시스템의 개인정보 설정에서 이 앱의 화면 기록을 허용하고 다시 해 주세요.",
            }
          : {
              title: `${name} 사용이 막혀 있어요`,
              help: `주소 옆 아이콘이나 시스템의 개인정보 설정에서 ${josa(name, "을/를")} 허용하고 다시 해 주세요.${without}`,
            };
      case "missing":
        return {
          title: `${josa(name, "을/를")} 찾지 못했어요`,
          help: `꽂으면 자동으로 찾아요.${without}`,
        };
      case "busy":
        return {
          title: `다른 프로그램이 ${josa(name, "을/를")} 쓰고 있어요`,
          help: `그 프로그램을 닫고 다시 해 주세요.${without}`,
        };
      case "insecure":
        return {
          title: `${josa(name, "은/는")} 안전한 페이지에서만 쓸 수 있어요`,
          help: `https://로 시작하는 주소나 localhost에서 열고 다시 해 주세요.${without}`,
        };
      case "unsupported":
        return {
          title: `여기서는 ${josa(name, "을/를")} 쓸 수 없어요`,
          help: `최신 브라우저에서는 쓸 수 있어요.${without}`,
        };
      case "no-pipewire-plugin":
      case "no-camera-portal":
      case "no-screen-portal":
      case "no-graphics-card":
        return {
          title:
            device === "screen"
              ? "여기서는 아직 화면을 공유할 수 없어요"
              : `여기서는 아직 ${josa(name, "을/를")} 열 수 없어요`,
          help: MISSING_COMPONENTS[code],
        };
      case "cancelled":
        return { title: "공유할 화면을 고르지 않았어요", help: "원할 때 다시 고르면 돼요." };
      case "failed":
        return {
          title: `${josa(name, "을/를")} 시작하지 못했어요`,
          help: `뺐다가 다시 꽂거나 다른 장치를 골라 다시 해 주세요.${without}`,
        };
    }
  },
  notices: {
    label: "알림",
    lostFallback: (source, fallback) => ({
      title: `${SOURCES[source]} 연결이 빠졌어요`,
      help: `지금은 다른 장치를 써요: ${fallback}`,
    }),
    lostOff: (source) => ({
      title: `${josa(SOURCES[source], "이/가")} 꺼졌어요`,
      help: "다시 켜면 다른 장치를 고를 수 있어요.",
    }),
    removed: { title: "방에서 내보내졌어요", help: "다시 들어오거나 서버 관리자에게 물어보세요." },
    linkFailed: (name) => ({
      title: `${name} 님과 연결하지 못했어요`,
      help: "다른 사람과는 계속 통화할 수 있어요. 타일에서 다시 시도하거나 서로 다시 들어와 보세요.",
    }),
    chatTooLong: { title: "메시지가 너무 길어요", help: "나누어 보내 주세요." },
  },
  announcements: {
    joined: (room) => `${room} 방에 들어왔어요`,
    left: "방에서 나왔어요",
    participantJoined: (name) => `${name} 님이 들어왔어요`,
    participantLeft: (name) => `${name} 님이 나갔어요`,
    participantLost: (name) => `${name} 님의 연결이 끊겼어요`,
    chat: (name, text) => `${name} 님: ${text}`,
    hand: (name) => `${name} 님이 손을 들었어요`,
    reaction: (name, reaction) => `${name} 님: ${reaction}`,
  },
  crash: {
    title: "화면에 문제가 생겼어요",
    help: "통화는 계속되고 있을 수 있어요. 화면을 다시 띄워 보고, 또 그렇다면 기술 정보를 복사해 알려 주세요.",
    again: "다시 띄우기",
    reload: "새로고침",
  },
};
