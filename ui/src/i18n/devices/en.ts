/** Devices, and what a system lacks for them. */
import type { DeviceErrorCode, MissingComponent } from "../../engine/types";
import type { Explanation } from "../explanation";

export type Device = "microphone" | "camera" | "screen";

const DEVICE_NAMES: Record<Device, string> = {
  microphone: "microphone",
  camera: "camera",
  screen: "screen sharing",
};

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

const MISSING_COMPONENTS: Record<MissingComponent, string> = {
  "no-pipewire-plugin":
    "Cameras and screen sharing need PipeWire on this system. Install the package gstreamer1.0-pipewire (Fedora: pipewire-gstreamer), then open Maru again.",
  "no-camera-portal":
    "Cameras need the desktop portal on this system. Install the package xdg-desktop-portal and the one for your desktop (xdg-desktop-portal-gnome, -kde or -gtk), then log in again.",
  "no-screen-portal":
    "Screen sharing needs the desktop portal on this system. Install the package xdg-desktop-portal and the one for your desktop (xdg-desktop-portal-gnome, -kde or -wlr), then log in again.",
  "no-graphics-card":
    "Screen sharing needs a graphics card on this system, and this computer has none (/dev/dri/renderD*). Share from a browser that has joined the room instead.",
};

export const engineProblemEn = {
  "no-video-worker": "The part that processes video did not start. Close Maru and open it again.",
  "no-frame-access":
    "This system's web view cannot read the camera's video. Install WebKitGTK 2.46 or newer (package libwebkit2gtk-4.1-0).",
  "slow-frame-access":
    "Works, but takes more CPU: this system's web view reads the camera's video only through the window. With WebKitGTK 2.46 or newer (package libwebkit2gtk-4.1-0) a call takes less.",
  "slow-frame-display":
    "Works, but takes more CPU: this system's web view has to draw received video picture by picture. With WebKitGTK 2.46 or newer (package libwebkit2gtk-4.1-0) a call takes less.",
  "no-frame-display":
    "This system's web view cannot show received video. Install WebKitGTK 2.46 or newer (package libwebkit2gtk-4.1-0).",
  "no-vp8-encoder": "Your video cannot be encoded. Install the package gstreamer1.0-plugins-good.",
  "no-vp8-decoder": "Others' video cannot be decoded. Install the package gstreamer1.0-plugins-good.",
  "insecure-page": "Camera, microphone and screen need a page opened with https://.",
  ...MISSING_COMPONENTS,
};

const SCREEN_FAILED: Explanation = {
  title: "The screen could not be shared",
  help: "The system did not hand it out. Choose another screen or window, or share again in a moment.",
};

/** What happened, and what helps. */
export function deviceEn(device: Device, code: DeviceErrorCode): Explanation {
  const name = DEVICE_NAMES[device];
  switch (code) {
    case "denied":
      return device === "screen"
        ? {
            title: "Sharing the screen is not allowed",
            help: "Allow screen recording for this browser or app in the system's privacy settings, then share again.",
          }
        : {
            title: `The ${name} is blocked`,
            help: `Allow the ${name} for this page (the icon beside the address) or in the system's privacy settings, then try again.`,
          };
    case "missing":
      return device === "screen"
        ? {
            title: "No screen found",
            help: "Open the window that you want to show, then share again.",
          }
        : { title: `No ${name} found`, help: "Connect one, and it is found automatically." };
    case "busy":
      if (device === "screen") return SCREEN_FAILED;
      return {
        title: `Another program is using the ${name}`,
        help: `Close the program that uses it, then try again.`,
      };
    case "insecure":
      return {
        title: `${capital(name)} needs a secure page`,
        help: "Open this page with https:// (or on localhost), then try again.",
      };
    case "unsupported":
      return {
        title: `${capital(name)} is not available here`,
        help: "Open this page in a current browser to use it.",
      };
    case "no-pipewire-plugin":
    case "no-camera-portal":
    case "no-screen-portal":
    case "no-graphics-card":
      return {
        title:
          device === "screen"
            ? "The screen cannot be shared here yet"
            : `The ${name} cannot be opened here yet`,
        help: MISSING_COMPONENTS[code],
      };
    case "maybe-denied":
      return {
        title: "Nothing is shared",
        help: "If you chose a screen and nothing happened: allow screen recording for this browser or app in the system's privacy settings, then share again.",
      };
    case "cancelled":
      return { title: "Nothing was chosen to share", help: "Choose again whenever you like." };
    case "failed":
      if (device === "screen") return SCREEN_FAILED;
      return {
        title: `The ${name} did not start`,
        help: "Disconnect it and connect it again or choose another one, then try again.",
      };
  }
}
