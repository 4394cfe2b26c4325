import { isTransferCode, type TransferCode } from "../../call/transfer-codes";
import type { Explanation } from "../explanation";
import { decimal } from "../format";
import type { FilesText } from "./en";
import { explainOwnDisk } from "./own-disk";
import { ownDiskKo } from "./own-disk-ko";
import { explainProblem } from "./problems";
import { problemsKo } from "./problems-ko";
import type { TransferStatus } from "./status";

type Direction = TransferStatus["direction"];

const number = (value: number) => decimal("ko", value, 0);

/** 보내는 사람과 받는 사람에게 각각. `name`: 상대. */
const CODES: Record<TransferCode, Record<Direction, (name: string) => Explanation>> = {
  declined: {
    send: (name) => ({
      title: `${name} 님이 거절했어요`,
      help: "채팅으로 물어보거나 다른 파일을 보내 보세요.",
    }),
    receive: (name) => ({
      title: "거절했어요",
      help: `마음이 바뀌면 ${name} 님에게 다시 보내 달라고 해 주세요.`,
    }),
  },
  "too-large": {
    send: (name) => ({
      title: `${name} 님에게 저장할 공간이 없어요`,
      help: "파일을 줄여 보내거나 공간을 비워 달라고 해 주세요. 4\u00a0GB가 넘는 파일을 저장하지 못하는 드라이브도 있어요.",
    }),
    receive: (name) => ({
      title: "여기에 저장할 공간이 없어요",
      help: `공간을 비우거나 다른 드라이브의 폴더를 골라 주세요. 4\u00a0GB가 넘는 파일을 저장하지 못하는 드라이브도 있어요. 그런 다음 ${name} 님에게 다시 보내 달라고 해 주세요.`,
    }),
  },
  limit: {
    send: () => ({
      title: "한 번에 보내기에는 너무 많아요",
      help: "나누어 보내거나, 파일이 아주 많은 폴더는 압축해서 보내 주세요.",
    }),
    receive: (name) => ({
      title: "한 번에 받기에는 너무 많아요",
      help: `${name} 님에게 나누어 보내거나 압축해서 보내 달라고 해 주세요.`,
    }),
  },
  cancelled: {
    send: () => ({ title: "취소됐어요", help: "원할 때 다시 보내면 돼요." }),
    receive: (name) => ({
      title: "취소됐어요",
      help: `받다 만 파일은 남지 않았어요. 필요하면 ${name} 님에게 다시 보내 달라고 해 주세요.`,
    }),
  },
  "bad-message": {
    send: () => ({
      title: "두 프로그램이 서로 통신하지 못했어요",
      help: "양쪽에서 Maru를 업데이트하고 다시 보내 주세요.",
    }),
    receive: (name) => ({
      title: "두 프로그램이 서로 통신하지 못했어요",
      help: `양쪽에서 Maru를 업데이트하고 ${name} 님에게 다시 보내 달라고 해 주세요.`,
    }),
  },
  changed: {
    send: () => ({
      title: "보내는 동안 내용이 바뀌었어요",
      help: "다른 프로그램에서 저장하고 닫은 뒤 다시 보내 주세요.",
    }),
    receive: (name) => ({
      title: `보내는 동안 ${name} 님 쪽에서 내용이 바뀌었어요`,
      help: `${name} 님에게 다른 프로그램에서 닫고 다시 보내 달라고 해 주세요.`,
    }),
  },
  missing: {
    send: () => ({
      title: "원래 위치에 없어요",
      help: "원래 위치에 두거나 드라이브를 연결하고 다시 시도해 주세요.",
    }),
    receive: (name) => ({
      title: `${name} 님 쪽에 더는 없어요`,
      help: `${name} 님에게 원래 위치에 두거나 드라이브를 연결해 달라고 하고 다시 시도해 주세요.`,
    }),
  },
  denied: {
    send: () => ({
      title: "읽을 권한이 없어요",
      help: "파일의 속성이나 시스템의 개인정보 설정에서 허용하고 다시 시도해 주세요.",
    }),
    receive: (name) => ({
      title: "읽거나 저장할 권한이 없어요",
      help: `폴더에 쓸 수 있는지 확인하고, ${name} 님에게는 파일을 읽을 수 있는지 물어보세요. 그런 다음 다시 시도해 주세요.`,
    }),
  },
  unreadable: {
    send: () => ({ title: "디스크에서 읽지 못했어요", help: "드라이브를 확인하고 다시 시도해 주세요." }),
    receive: (name) => ({
      title: `${name} 님의 디스크에서 읽지 못했어요`,
      help: `${name} 님에게 드라이브를 확인해 달라고 하고 다시 시도해 주세요.`,
    }),
  },
  corrupt: {
    send: () => ({
      title: "세 번이나 손상된 채 도착했어요",
      help: "두 컴퓨터 중 하나의 디스크나 메모리에 문제가 있을 수 있어요. 다시 시도해 보고, 또 생기면 양쪽을 점검해 주세요.",
    }),
    receive: () => ({
      title: "세 번이나 손상된 채 도착했어요",
      help: "두 컴퓨터 중 하나의 디스크나 메모리에 문제가 있을 수 있어요. 다시 시도해 보고, 또 생기면 양쪽을 점검해 주세요.",
    }),
  },
  "disk-full": {
    send: (name) => ({
      title: `${name} 님의 디스크가 가득 찼어요`,
      help: "공간을 비워 달라고 하고 다시 시도해 주세요.",
    }),
    receive: () => ({
      title: "디스크가 가득 찼어요",
      help: "공간을 비우고 다시 시도해 주세요.",
    }),
  },
  "read-only": {
    send: (name) => ({
      title: `${name} 님의 폴더가 읽기 전용이에요`,
      help: "쓸 수 있게 바꿔 달라고 하고 다시 시도해 주세요.",
    }),
    receive: () => ({
      title: "저장할 폴더가 읽기 전용이에요",
      help: "쓸 수 있게 바꾸고(잠금 스위치가 있는 메모리 카드도 있어요) 다시 시도해 주세요.",
    }),
  },
  unwritable: {
    send: (name) => ({
      title: `${name} 님 쪽에 저장하지 못했어요`,
      help: `${name} 님에게 폴더와 드라이브를 확인해 달라고 하고 다시 시도해 주세요.`,
    }),
    receive: () => ({
      title: "여기에 저장하지 못했어요",
      help: "폴더와 드라이브를 확인하고 다시 시도해 주세요.",
    }),
  },
  left: {
    send: (name) => ({
      title: `${name} 님이 나가서 보내지 못했어요`,
      help: "다시 들어오면 한 번 더 보내 주세요.",
    }),
    receive: (name) => ({
      title: `${name} 님이 기다리지 않고 그만뒀어요`,
      help: `필요하면 ${name} 님에게 다시 보내 달라고 해 주세요.`,
    }),
  },
};

/** `here`: 이유가 이 컴퓨터에 있음. */
function explain(code: string, direction: Direction, name: string, here = false): Explanation {
  const own = here ? explainOwnDisk(ownDiskKo, code, direction) : null;
  if (own) return own;
  return isTransferCode(code)
    ? CODES[code][direction](name)
    : {
        title: "이 버전에서는 알 수 없는 이유로 멈췄어요",
        help: `양쪽에서 Maru를 업데이트하고 다시 시도해 주세요. 이유 코드: “${code}”`,
      };
}

function paused(transfer: TransferStatus): Explanation {
  const { paused, name, reselect } = transfer;
  const { here, there } = paused;
  if (reselect)
    return {
      title: "파일을 기다리고 있어요",
      help:
        reselect === "permission"
          ? "페이지를 다시 불러왔기 때문에 브라우저가 파일을 읽어도 되는지 한 번 더 물어봐요. 허용하면 멈춘 곳부터 이어져요."
          : `페이지를 다시 불러왔기 때문에 같은 ${reselect === "folder" ? "폴더를" : "파일을"} 한 번 더 골라야 해요. 그러면 멈춘 곳부터 이어져요.`,
    };
  const problem = explainProblem(problemsKo, transfer);
  if (problem)
    return here
      ? { ...problem, help: "내가 멈추기도 했어요. 계속하기를 눌러 두면 문제가 해결되는 대로 이어져요." }
      : problem;
  if (here && there)
    return { title: `나와 ${name} 님이 멈췄어요`, help: "둘 다 계속하기를 누르면 이어져요." };
  return there
    ? { title: `${name} 님이 멈췄어요`, help: "상대가 계속하면 이어져요." }
    : { title: "내가 멈췄어요", help: "도착한 만큼은 그대로 있어요. 원할 때 계속하면 돼요." };
}

function status(transfer: TransferStatus): Explanation {
  const { state, direction, name, participant, code, codeHere, filesFailed } = transfer;
  const sending = direction === "send";
  switch (state) {
    case "preparing":
      return { title: "파일을 살펴보고 있어요…", help: "곧 상대에게 받을지 물어봐요." };
    case "offered":
      return sending
        ? { title: `${name} 님의 답을 기다리고 있어요`, help: "받겠다고 하면 바로 시작해요." }
        : { title: `${name} 님이 보내려고 해요`, help: "받거나 거절해 주세요." };
    case "waiting":
      return participant === null
        ? { title: `${name} 님이 지금 없어요`, help: "이 통화에서든 다음 통화에서든 다시 만나면 이어져요." }
        : { title: `${name} 님과 연결하고 있어요…`, help: "연결되면 자동으로 이어져요." };
    case "active":
      return { title: sending ? "보내는 중" : "받는 중", help: "" };
    case "paused":
      return paused(transfer);
    case "done":
      if (filesFailed > 0)
        return {
          title: `파일 ${number(filesFailed)}개를 빼고 끝났어요`,
          help: sending
            ? `${transfer.canRetry ? "그 파일만 다시 시도할 수 있어요. " : ""}나머지는 잘 전달했어요.`
            : `${name} 님에게 그 파일만 다시 보내 달라고 해 주세요. 나머지는 모두 받았어요.`,
        };
      return sending
        ? { title: `${name} 님에게 전달하고 확인까지 마쳤어요`, help: "더 할 일은 없어요." }
        : { title: "받아서 확인까지 마쳤어요", help: "폴더에 저장되어 있어요." };
    case "declined":
      return explain(code ?? "declined", direction, name);
    case "cancelled":
      return explain(code ?? "cancelled", direction, name);
    case "failed":
      return explain(code ?? "unknown", direction, name, codeHere);
  }
}

export const filesKo: FilesText = {
  title: "파일",
  dock: (offers, progress) =>
    [
      "파일",
      ...(offers > 0 ? [`답을 기다리는 제안 ${number(offers)}개`] : []),
      ...(progress ? [`${progress} 전송됨`] : []),
    ].join(", "),
  dropHint: "사람이나 통화 화면 위로 파일을 끌어다 놓아 주세요",
  to: "받는 사람",
  everyone: (count) => `모두에게 (${number(count)}명)`,
  toOne: (name) => `${name} 님에게`,
  sendFiles: "파일 보내기…",
  sendFolder: "폴더 보내기…",
  sendTo: (name) => `${name} 님에게 파일 보내기`,
  empty: "아직 주고받은 파일이 없어요",
  emptyHelp: "크기에 상관없이 상대의 디스크로 바로 보내고, 끊겨도 멈춘 곳부터 이어져요.",
  nobody: "파일을 받을 수 있는 사람이 없어요",
  nobodyHelp: "데스크톱 앱이나 최신 브라우저를 쓰는 사람은 누구나 받을 수 있어요.",
  unable: (names) => `아직 파일을 받을 수 없는 사람: ${names.join(", ")}`,
  offers: "받을까요?",
  running: "전송 중",
  finished: "완료",
  removeFinished: "모두 지우기",
  fromTo: (direction, name) => (direction === "send" ? `나 → ${name}` : `${name} → 나`),
  count: (files, folders) =>
    [
      ...(files > 0 || folders === 0 ? [`파일 ${number(files)}개`] : []),
      ...(folders > 0 ? [`폴더 ${number(folders)}개`] : []),
    ].join(", "),
  skipped: (count) => `${number(count)}개는 제외했어요. 링크나 장치이거나 읽을 수 없어요.`,
  leftOut: (count) => `${number(count)}개는 제외했어요`,
  skipReasons: {
    link: "링크",
    special: "장치 등",
    unreadable: "읽을 수 없음",
    missing: "사라짐",
    path: "경로가 너무 김",
    "too-large": "너무 큼",
    partial: "받는 중인 것",
  },
  present: (count) => `파일 ${number(count)}개는 이미 있었어요.`,
  more: (count) => `외 ${number(count)}개`,
  manyMore: "외 여러 개",
  unnamed: "파일",
  folder: "폴더",
  path: {
    direct: "두 컴퓨터가 직접 주고받아요",
    relayed: "중계 서버를 거쳐요",
    unknown: "연결되어 있지 않아요",
  },
  progress: (done, total) => `${done} / ${total}`,
  left: (time) => `${time} 남음`,
  status,
  explain,
  offer: {
    title: (name) => `${name} 님이 보내려고 해요`,
    position: (index, count) => `${number(count)}개 중 ${number(index)}번째`,
    accept: "받기",
    saveElsewhere: "다른 곳에 저장…",
    decline: "거절",
    later: "나중에 정하기",
    risky: (names) =>
      `열면 실행되거나 압축이 풀릴 수 있어요: ${names.join(", ")}. 기다리던 파일일 때만 열어 주세요.`,
    relayedQuestion: (size) =>
      `직접 연결할 수 없어서 ${size}가 중계 서버를 거쳐 와요. 느릴 수 있고 서버를 운영하는 사람에게 비용이 들어요. 그래도 받을까요?`,
    acceptRelayed: "그래도 받기",
    notAccepted: "아직 받을 수 있어요. 해결하고 다시 받거나, ‘다른 곳에 저장’으로 다른 곳을 골라 주세요.",
  },
  actions: {
    pause: "멈추기",
    resume: "계속하기",
    cancel: "취소",
    retry: (count) => `파일 ${number(count)}개 다시 시도`,
    reveal: { folder: "폴더에서 보기", save: "다시 저장" },
    remove: "목록에서 지우기",
    reselect: { files: "파일 고르기…", folder: "폴더 고르기…", permission: "파일 다시 읽기" },
    copyHash: "해시 복사",
    hash: { receive: "받은 파일의 BLAKE3 해시", send: "보낸 파일의 BLAKE3 해시" },
    named: (action, title) => `${action}: ${title}`,
  },
  cancelling: {
    question: (amount) => `이미 ${amount}를 주고받았어요. 그래도 취소할까요?`,
    confirm: "전송 취소",
    keep: "계속하기",
  },
  entries: {
    show: "파일 목록",
    all: (count) => `전체 (${number(count)})`,
    failed: (count) => `실패 (${number(count)})`,
    loading: "불러오는 중…",
    searching: "찾고 있어요…",
    unavailable: "이 파일들의 목록은 더 이상 남아 있지 않아요.",
    tooLarge: (direction, name) =>
      direction === "send"
        ? `${name} 님의 드라이브에 저장할 수 없는 크기예요`
        : "이 드라이브에 저장할 수 없는 크기예요",
    states: {
      waiting: "대기 중",
      active: "전송 중",
      done: "완료",
      failed: "실패",
      skipped: "이미 있음",
    },
  },
  autoAccept: {
    title: "묻지 않고 받기",
    from: (name) => `${name} 님이 보내는 것`,
    off: "항상 묻기",
    upTo: (size) => `${size}까지`,
    note: "이 통화에서만 적용돼요. 프로그램, 스크립트, 압축 파일이나 파일이 여덟 개보다 많을 때는 항상 물어봐요.",
  },
  drop: {
    one: (name) => `${name} 님에게 보내기`,
    everyone: (count) => `모두에게 보내기 (${number(count)}명)`,
    hint: "사람 위로 옮기면 그 사람에게만 가요",
    refused: (name) => `${name} 님은 아직 파일을 받을 수 없어요`,
    nobody: "파일을 받을 수 있는 사람이 없어요",
  },
  failures: {
    pick: { title: "파일을 보내지 못했어요", help: "다시 해 보거나 파일을 통화 화면에 끌어다 놓아 보세요." },
    drop: { title: "파일을 보내지 못했어요", help: "다시 끌어다 놓거나 버튼으로 골라 보세요." },
    accept: {
      title: "받기를 시작하지 못했어요",
      help: "제안은 그대로 있어요. ‘다른 곳에 저장’으로 다른 폴더를 골라 보세요.",
    },
    reselect: {
      title: "보내려던 파일과 달라요",
      help: "이름, 크기, 시간, 내용이 모두 같아야 해요. 원래 위치에서 다시 고르거나, 취소하고 새 파일을 보내 주세요.",
    },
    reveal: {
      title: "폴더를 열지 못했어요",
      help: "파일 관리자에서 직접 열어 보세요. 다른 드라이브나 네트워크에 있다면 연결되어 있는지 확인해 주세요.",
    },
    "reveal-missing": {
      title: "더 이상 그 위치에 없어요",
      help: "옮기거나 이름을 바꾸거나 지웠거나, 드라이브가 연결되어 있지 않을 수 있어요. 드라이브를 연결하거나 파일 관리자에서 이름으로 찾아보세요.",
    },
    save: { title: "저장하지 못했어요", help: "공간을 비우거나 다른 폴더를 고르고 다시 해 보세요." },
  },
  chat: {
    offered: (direction) => (direction === "send" ? "아직 답이 없어요" : "답을 기다리고 있어요"),
    accepted: (direction, name) => (direction === "send" ? `${name} 님이 받기로 했어요` : "받기로 했어요"),
    toSeveral: (count) => `나 → ${number(count)}명`,
    answers: ({ all, accepted, delivered, declined, undelivered }) => {
      if (delivered === all) return `${number(all)}명 모두에게 전달하고 확인까지 마쳤어요`;
      if (accepted + declined + undelivered === 0) return "아직 답이 없어요";
      return [
        `${number(all)}명 중 ${number(accepted)}명이 받기로 했어요.`,
        ...(delivered > 0 ? [`${number(delivered)}명에게 전달했어요.`] : []),
        ...(declined > 0 ? [`${number(declined)}명이 거절했어요.`] : []),
        ...(undelivered > 0 ? [`${number(undelivered)}명에게는 전달하지 못했어요.`] : []),
      ].join(" ");
    },
    recipient: (name, state) => `${name} 님: ${state}`,
    states: { accepted: "받기로 함", delivered: "전달하고 확인함", declined: "거절함" },
  },
  announce: {
    offer: (name, what, key) =>
      `${name} 님이 파일을 보내려고 해요: ${what}. ${key === null ? "파일 창을 열면" : `${key} 키를 누르면`} 답할 수 있어요.`,
    status: (what, title) => `${what}: ${title}`,
    dropped: (what) => `보낼 파일: ${what}`,
  },
};
