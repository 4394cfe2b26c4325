import { isErrorCode } from "../../protocol/check";
import type { ErrorCode, Other } from "../../protocol/generated";
import type { Explanation } from "../explanation";

const REFUSED_UNKNOWN: Explanation = {
  title: "서버가 연결을 끊었어요",
  help: "이 버전에 없는 이유라 기술 정보에 그대로 적어 두었어요. 새로고침하거나 Maru를 업데이트한 뒤 다시 들어와 주세요.",
};

const REFUSED: Record<ErrorCode, Explanation> = {
  "bad-message": {
    title: "서버가 요청을 처리하지 못했어요",
    help: "새로고침해서 최신 버전으로 열어 주세요. 그래도 안 되면 기술 정보를 복사해 서버 관리자에게 알려 주세요.",
  },
  "room-full": {
    title: "방이 가득 찼어요",
    help: "누군가 나간 뒤에 다시 들어오거나 다른 방에서 만나 보세요.",
  },
  "invalid-room": {
    title: "방 ID에 쓸 수 없는 문자가 있어요",
    help: "어떤 언어든 글자와 숫자를 쓸 수 있고, 기호는 -와 _만 쓸 수 있어요. 64자까지 돼요.",
  },
  "invalid-name": { title: "쓸 수 없는 이름이에요", help: "줄바꿈 없이 64자까지 쓸 수 있어요." },
  "unknown-participant": {
    title: "이미 나간 분이에요",
    help: "참가자 목록은 최신이에요. 따로 할 일은 없어요.",
  },
  "too-large": { title: "보낸 내용이 너무 커요", help: "나누어 보내 주세요." },
  "rate-limited": { title: "한꺼번에 너무 많이 보냈어요", help: "잠시 뒤에 다시 해 주세요." },
  unauthorized: {
    title: "이 서버는 접속 토큰을 요구해요",
    help: "Maru는 아직 토큰을 보낼 수 없어요. 서버를 운영하는 분에게 문의해 주세요.",
  },
  "unsupported-version": {
    title: "앱과 서버의 버전이 맞지 않아요",
    help: "새로고침하거나 Maru를 업데이트해 주세요. 그래도 안 되면 서버를 업데이트해야 해요.",
  },
  "shutting-down": { title: "서버를 다시 시작하고 있어요", help: "잠시 뒤 자동으로 다시 연결돼요." },
  "already-joined": { title: "이미 방에 들어와 있어요", help: "먼저 나간 뒤에 다시 들어와 주세요." },
  "not-joined": { title: "지금은 방에 들어와 있지 않아요", help: "다시 들어와 주세요." },
  "server-full": { title: "서버가 가득 찼어요", help: "몇 분 뒤에 다시 해 보거나 다른 서버를 써 주세요." },
  "too-many-connections": {
    title: "같은 네트워크에서 연결이 너무 많아요",
    help: "다른 창의 Maru를 닫고 다시 해 주세요.",
  },
  "slow-reader": {
    title: "네트워크가 느려서 연결이 끊겼어요",
    help: "다시 연결하고 있어요. 자주 생기면 공유기에 가까이 가거나 다른 다운로드를 멈춰 보세요.",
  },
  "timed-out": { title: "서버와 연결이 끊겼어요", help: "네트워크를 확인하고 다시 해 주세요." },
  replaced: {
    title: "다른 창에서 들어갔어요",
    help: "통화는 그 창에서 이어져요. 여기서 계속하려면 다시 들어와 주세요.",
  },
};

export function refusedKo(code: ErrorCode | Other): Explanation {
  return isErrorCode(code) ? REFUSED[code] : REFUSED_UNKNOWN;
}
