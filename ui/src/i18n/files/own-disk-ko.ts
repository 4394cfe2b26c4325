import type { OwnDiskTexts } from "./own-disk";

const LIST = "Maru는 보내는 파일의 목록을 내 사용자 계정이 있는 드라이브에 저장해요.";

export const ownDiskKo: OwnDiskTexts = {
  missing: {
    send: {
      title: "파일이 원래 위치에 없어요",
      help: "파일을 원래 위치에 두거나 드라이브를 연결하고 다시 시도해 주세요.",
    },
    receive: {
      title: "저장할 폴더나 드라이브가 없어졌어요",
      help: "폴더를 원래 위치에 두거나 드라이브를 연결하거나 다른 폴더를 고르고 다시 시도해 주세요.",
    },
  },
  denied: {
    send: {
      title: "내 디스크에 대한 권한이 없어요",
      help: `파일을 읽을 수 있는지, Maru가 쓸 수 있는지 확인해 주세요. ${LIST} 그다음 다시 보내 주세요.`,
    },
    receive: {
      title: "폴더에 저장할 권한이 없어요",
      help: "폴더의 속성이나 시스템의 개인정보 설정에서 허용하거나 다른 폴더를 고르고 다시 시도해 주세요.",
    },
  },
  "disk-full": {
    send: {
      title: "보내는 내 디스크가 가득 찼어요",
      help: `${LIST} 거기에 공간을 비우고 다시 보내 주세요.`,
    },
    receive: {
      title: "내 디스크가 가득 찼어요",
      help: "공간을 비우고 다시 시도해 주세요. 내 사용자 계정이 있는 드라이브에도 공간이 있어야 해요.",
    },
  },
  "read-only": {
    send: {
      title: "보내는 내 디스크가 읽기 전용이에요",
      help: `${LIST} 쓸 수 있게 바꾸고 다시 보내 주세요.`,
    },
    receive: {
      title: "저장할 폴더가 읽기 전용이에요",
      help: "쓸 수 있게 바꾸거나(잠금 스위치가 있는 메모리 카드도 있어요) 다른 폴더를 고르고 다시 시도해 주세요.",
    },
  },
  unwritable: {
    send: {
      title: "보내는 내 디스크에 쓸 수 없어요",
      help: `${LIST} 그 드라이브를 확인하고 다시 보내 주세요.`,
    },
    receive: {
      title: "여기에 저장하지 못했어요",
      help: "폴더와 드라이브를 확인하거나 다른 폴더를 고르고 다시 시도해 주세요.",
    },
  },
};
