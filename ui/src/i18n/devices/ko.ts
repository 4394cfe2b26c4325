import type { DeviceErrorCode, MissingComponent } from "../../engine/types";
import type { Explanation } from "../explanation";
import { josa } from "../josa";
import type { Device, engineProblemEn } from "./en";

const DEVICE_NAMES = { microphone: "마이크", camera: "카메라", screen: "화면 공유" };

const MISSING_COMPONENTS: Record<MissingComponent, string> = {
  "no-pipewire-plugin":
    "이 시스템에서는 카메라와 화면 공유에 PipeWire가 필요해요. gstreamer1.0-pipewire 패키지(Fedora는 pipewire-gstreamer)를 설치하고 Maru를 다시 열어 주세요.",
  "no-camera-portal":
    "이 시스템에서는 카메라에 데스크톱 포털이 필요해요. xdg-desktop-portal 패키지와 데스크톱에 맞는 패키지(xdg-desktop-portal-gnome, -kde, -gtk)를 설치하고 다시 로그인해 주세요.",
  "no-screen-portal":
    "이 시스템에서는 화면 공유에 데스크톱 포털이 필요해요. xdg-desktop-portal 패키지와 데스크톱에 맞는 패키지(xdg-desktop-portal-gnome, -kde, -wlr)를 설치하고 다시 로그인해 주세요.",
  "no-graphics-card":
    "이 시스템에서는 화면 공유에 그래픽 카드가 필요한데, 이 컴퓨터에는 없어요(/dev/dri/renderD*). 대신 브라우저로 방에 들어가서 공유해 주세요.",
};

export const engineProblemKo: typeof engineProblemEn = {
  "no-video-worker": "영상을 처리하는 부분이 시작되지 않았어요. Maru를 닫고 다시 열어 주세요.",
  "no-frame-access":
    "이 시스템의 웹뷰에서는 카메라 영상을 읽을 수 없어요. WebKitGTK 2.46 이상(libwebkit2gtk-4.1-0 패키지)을 설치해 주세요.",
  "slow-frame-access":
    "작동하지만 CPU를 더 써요. 이 시스템의 웹뷰에서는 카메라 영상을 창을 거쳐서만 읽을 수 있어요. WebKitGTK 2.46 이상(libwebkit2gtk-4.1-0 패키지)에서는 통화가 더 가벼워져요.",
  "slow-frame-display":
    "작동하지만 CPU를 더 써요. 이 시스템의 웹뷰에서는 받은 영상을 한 장씩 그려야 해요. WebKitGTK 2.46 이상(libwebkit2gtk-4.1-0 패키지)에서는 통화가 더 가벼워져요.",
  "no-frame-display":
    "이 시스템의 웹뷰에서는 받은 영상을 볼 수 없어요. WebKitGTK 2.46 이상(libwebkit2gtk-4.1-0 패키지)을 설치해 주세요.",
  "no-vp8-encoder": "카메라 영상을 인코딩할 수 없어요. gstreamer1.0-plugins-good 패키지를 설치해 주세요.",
  "no-vp8-decoder":
    "다른 사람의 영상을 디코딩할 수 없어요. gstreamer1.0-plugins-good 패키지를 설치해 주세요.",
  "insecure-page": "카메라, 마이크, 화면 공유는 https://로 연 페이지에서만 쓸 수 있어요.",
  ...MISSING_COMPONENTS,
};

const SCREEN_FAILED: Explanation = {
  title: "화면을 공유하지 못했어요",
  help: "시스템이 화면을 내주지 않았어요. 다른 화면이나 창을 고르거나 잠시 뒤에 다시 공유해 주세요.",
};

export function deviceKo(device: Device, code: DeviceErrorCode): Explanation {
  const name = DEVICE_NAMES[device];
  switch (code) {
    case "denied":
      return device === "screen"
        ? {
            title: "화면 공유가 허용되지 않았어요",
            help: "시스템의 개인정보 설정에서 이 브라우저나 앱의 화면 기록을 허용하고 다시 공유해 주세요.",
          }
        : {
            title: `${name} 사용이 막혀 있어요`,
            help: `주소 옆 아이콘이나 시스템의 개인정보 설정에서 ${josa(name, "을/를")} 허용하고 다시 해 주세요.`,
          };
    case "missing":
      return device === "screen"
        ? {
            title: "공유할 화면을 찾지 못했어요",
            help: "보여 줄 창을 열고 다시 공유해 주세요.",
          }
        : { title: `${josa(name, "을/를")} 찾지 못했어요`, help: "연결하면 자동으로 찾아요." };
    case "busy":
      if (device === "screen") return SCREEN_FAILED;
      return {
        title: `다른 프로그램이 ${josa(name, "을/를")} 쓰고 있어요`,
        help: `그 프로그램을 닫고 다시 해 주세요.`,
      };
    case "insecure":
      return {
        title: `${josa(name, "은/는")} 안전한 페이지에서만 쓸 수 있어요`,
        help: `https://로 시작하는 주소나 localhost에서 열고 다시 해 주세요.`,
      };
    case "unsupported":
      return {
        title: `여기서는 ${josa(name, "을/를")} 쓸 수 없어요`,
        help: `최신 브라우저에서 열어 주세요.`,
      };
    case "no-pipewire-plugin":
    case "no-camera-portal":
    case "no-screen-portal":
    case "no-graphics-card":
      return {
        title:
          device === "screen"
            ? "여기서는 아직 화면을 공유할 수 없어요"
            : `여기서는 아직 ${josa(name, "을/를")} 쓸 수 없어요`,
        help: MISSING_COMPONENTS[code],
      };
    case "maybe-denied":
      return {
        title: "공유를 시작하지 못했어요",
        help: "화면을 골랐는데도 시작되지 않았다면, 시스템의 개인정보 설정에서 이 브라우저나 앱의 화면 기록을 허용하고 다시 공유해 주세요.",
      };
    case "cancelled":
      return { title: "공유할 화면을 고르지 않았어요", help: "원할 때 다시 골라 주세요." };
    case "failed":
      if (device === "screen") return SCREEN_FAILED;
      return {
        title: `${josa(name, "을/를")} 켜지 못했어요`,
        help: `연결을 뺐다가 다시 연결하거나 다른 장치를 골라 주세요.`,
      };
  }
}
