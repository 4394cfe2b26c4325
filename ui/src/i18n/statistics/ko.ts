import type { qualityEn, statisticsEn } from "./en";

export const qualityKo: typeof qualityEn = {
  levels: { good: "좋음", fair: "보통", poor: "나쁨", unknown: "측정 중" },
  mark: {
    good: (name) => `${name} 님과의 연결 상태: 좋음`,
    fair: (name) => `${name} 님과의 연결 상태: 보통`,
    poor: (name) => `${name} 님과의 연결 상태: 나쁨`,
    unknown: (name) => `${name} 님과의 연결 상태: 측정 중`,
  },
  causes: {
    loss: "영상과 소리의 일부가 전송 중에 사라지고 있어요.",
    delay: "소리가 늦게 도착하고 있어요.",
    jitter: "소리가 불규칙하게 도착해서 빈 부분을 보정하고 있어요.",
    bandwidth: "내 영상을 보낼 대역폭이 부족해요.",
    frames: "상대의 영상이 끊겨서 와요.",
  },
  advice: {
    loss: "공유기에 더 가까이 가거나 유선으로 연결해 보세요. 상대 쪽 문제라면 상대에게 부탁해 주세요.",
    delay: "양쪽에서 큰 다운로드와 VPN을 멈추고, 대답하기 전에 한 박자 쉬어 보세요.",
    jitter: "공유기에 더 가까이 가거나 유선으로 연결하고, 다른 다운로드를 멈춰 보세요.",
    bandwidth: "잠시 카메라를 끄거나, 같은 네트워크의 다른 업로드를 멈춰 보세요.",
    frames: "상대에게 다른 프로그램을 닫거나 잠시 카메라를 꺼 달라고 해 보세요.",
  },
};

export const statisticsKo: typeof statisticsEn = {
  title: (name) => `${name} 님과의 연결`,
  waiting: "연결되면 수치를 볼 수 있어요.",
  technical: "모든 수치",
  connection: "연결",
  roundTrip: "왕복 시간",
  loss: "수신 손실",
  sentLoss: "송신 손실",
  jitter: "지터",
  received: "수신량",
  sent: "송신량",
  available: "송신 가능 대역폭",
  path: "경로",
  paths: { direct: "직접 연결", relay: "중계 서버 경유" },
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
  frameRate: "프레임 속도",
  framesPerSecond: (rate) => `초당 ${rate}프레임`,
  codec: "코덱",
  encodeTime: "프레임 인코딩 시간",
  decodeTime: "프레임 디코딩 시간",
  limitation: "품질 제한 원인",
  limitations: { none: "없음", bandwidth: "네트워크", cpu: "이 컴퓨터의 CPU", other: "그 밖의 이유" },
  frozen: "영상이 멈춘 시간",
  concealed: "보정된 음성",
  buffer: "지터 버퍼 지연",
};
