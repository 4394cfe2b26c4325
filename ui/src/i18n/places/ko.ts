import type { placesEn } from "./en";

export const placesKo: typeof placesEn = {
  server: {
    title: (server) => `${server} 서버를 쓸까요?`,
    body: (room) =>
      `“${room}” 방은 다른 서버에 있어요. 지금부터 그 서버를 쓰고, 설정에서 언제든 되돌릴 수 있어요.`,
    bodyWithoutRoom: "지금부터 그 서버를 쓰고, 설정에서 언제든 되돌릴 수 있어요.",
    sees: "서버를 운영하는 사람은 누가 언제 어느 방에서 만나는지 볼 수 있어요. 영상과 목소리, 채팅은 서버를 거치지 않아요.",
    insecure:
      "주소가 http://로 시작해서 같은 네트워크에 있는 다른 사람이 엿보거나 끼어들 수 있어요. 믿을 수 있는 네트워크에서만 써 주세요.",
    useAndJoin: "이 서버로 들어가기",
    use: "이 서버 쓰기",
  },
  leave: {
    title: "통화에서 나갈까요?",
    body: "다른 사람들은 방에 그대로 있고, 다시 들어올 수 있어요.",
    other: (current, next) =>
      `지금 “${current}” 방에 있어요. “${next}” 방으로 가려면 먼저 통화에서 나가야 해요.`,
    otherServer: (current, server) =>
      `지금 “${current}” 방에 있어요. ${server} 서버를 쓰려면 먼저 통화에서 나가야 해요.`,
    leave: "통화에서 나가기",
    stay: "계속 통화하기",
  },
  recent: {
    title: "최근에 간 방",
    note: "이 기기에만 남아 있어요.",
    clear: "모두 지우기",
    remove: (room) => `“${room}” 지우기`,
    onServer: (room, server) => `${room}, ${server} 서버`,
  },
};
