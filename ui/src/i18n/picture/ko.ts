import type { pictureEn } from "./en";

export const pictureKo: typeof pictureEn = {
  zoomArea: (name) => `${name}: 확대하고 옮겨 보기`,
  zoomIn: "확대",
  zoomOut: "축소",
  zoomWhole: "전체 보기",
  fullScreen: "전체 화면",
  own: "내 모습",
  mirrorSelf: "거울처럼 좌우를 바꿔 보기",
  mirrorHelp: "다른 사람에게는 좌우가 바뀌지 않은 모습이 보여요.",
  ownInCall: "통화 중에 내 모습 보기",
  hideSelf: "내 화면에서 내 모습 숨기기",
  showSelf: "내 화면에서 내 모습 보기",
  zoomKeys:
    "공유 화면에서는 +와 −로 확대하거나 축소하고, 0으로 전체를 보고, 화살표 키로 옮겨 볼 수 있어요. 마우스로는 Ctrl을 누른 채 휠을 돌리거나 끌어 보세요.",
};
