/**
 * Video streams without a camera: abstract people, slightly moving, on a canvas. Drawn from the moment they are asked
 * for: a gallery that draws the pictures of all its scenes at once takes seconds to show one.
 */

export type Picture = () => MediaStream;

interface Look {
  light: string;
  dark: string;
  skin: string;
  cloth: string;
}

const LOOKS: Look[] = [
  { light: "#4c5a4f", dark: "#232b26", skin: "#d9b394", cloth: "#465a50" },
  { light: "#62513f", dark: "#2b221b", skin: "#caa184", cloth: "#8a6a4f" },
  { light: "#3d4a5c", dark: "#1d232c", skin: "#c8a58d", cloth: "#3c4f69" },
  { light: "#5b4636", dark: "#241c18", skin: "#caa184", cloth: "#7a5b49" },
  { light: "#5a4350", dark: "#271c23", skin: "#deb79d", cloth: "#7c4f63" },
  { light: "#44565a", dark: "#1c2628", skin: "#b98d72", cloth: "#3f6a70" },
  { light: "#5c5a3c", dark: "#26251a", skin: "#d2a98a", cloth: "#77713f" },
  { light: "#4d4664", dark: "#201d2b", skin: "#c79d86", cloth: "#5b5180" },
];

const WIDTH = 960;
const HEIGHT = 720;

/** Width of an upright picture: the middle of the wide one. */
const UPRIGHT = 405;

/** `upright`: as from a telephone. */
export function portrait(index: number, upright = false): Picture {
  const look = LOOKS[index % LOOKS.length] as Look;
  return drawn(upright ? UPRIGHT : WIDTH, HEIGHT, (context, time) => {
    context.setTransform(1, 0, 0, 1, upright ? (UPRIGHT - WIDTH) / 2 : 0, 0);
    const breath = Math.sin(time / 1400 + index) * 3;
    const back = context.createRadialGradient(700, 0, 60, 480, 300, 900);
    back.addColorStop(0, look.light);
    back.addColorStop(0.75, look.dark);
    context.fillStyle = back;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = look.cloth;
    context.beginPath();
    context.ellipse(480, 760 + breath, 250, 310, 0, Math.PI, 0);
    context.fill();
    context.fillStyle = look.skin;
    context.beginPath();
    context.arc(480, 300 + breath * 1.4, 122, 0, Math.PI * 2);
    context.fill();
  });
}

/** A shared screen: a document with a chart. */
export function screen(title: string): Picture {
  return drawn(1600, 1000, (context) => {
    context.fillStyle = "#fbf8f2";
    context.fillRect(0, 0, 1600, 1000);
    context.fillStyle = "#efe7da";
    context.fillRect(0, 0, 1600, 64);
    context.fillStyle = "#251f19";
    context.font = "600 58px Pretendard Variable, sans-serif";
    context.fillText(title, 130, 210);
    context.fillStyle = "#d8cfc4";
    for (let line = 0; line < 7; line += 1) {
      context.fillRect(130, 280 + line * 52, 520 - ((line * 137) % 180), 20);
    }
    const bars = [180, 260, 220, 340, 300, 430, 480];
    bars.forEach((height, index) => {
      context.fillStyle = index === bars.length - 1 ? "#f0844c" : "#c9b59a";
      context.fillRect(800 + index * 98, 830 - height, 62, height);
    });
    context.fillStyle = "#b3a99d";
    context.fillRect(780, 836, 700, 4);
  });
}

type Draw = (context: CanvasRenderingContext2D, time: number) => void;

function drawn(width: number, height: number, draw: Draw): Picture {
  let stream: MediaStream | null = null;
  return () => {
    stream ??= started(width, height, draw);
    return stream;
  };
}

function started(width: number, height: number, draw: Draw): MediaStream {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) return new MediaStream();
  const frame = (time: number) => {
    draw(context, time);
    setTimeout(() => requestAnimationFrame(frame), 150);
  };
  frame(0);
  return canvas.captureStream(8);
}
