import type { notificationsEn } from "./en";

export const notificationsKo: typeof notificationsEn = {
  title: "알림",
  on: "다른 화면을 볼 때 메시지와 들어온 사람 알리기",
  hideText: "알림에서 메시지 내용 숨기기",
  denied:
    "브라우저가 이 페이지의 알림을 막고 있어요. 브라우저의 사이트 설정에서 알림을 허용한 다음 다시 켜 주세요.",
  hiddenMessage: "새 메시지가 왔어요",
};
