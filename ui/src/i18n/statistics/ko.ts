import type { qualityEn, statisticsEn } from "./en";

export const qualityKo: typeof qualityEn = {
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
};

export const statisticsKo: typeof statisticsEn = {
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
};
