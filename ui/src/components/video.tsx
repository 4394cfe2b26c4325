import { useEffect, useRef, useState } from "react";
import { fitOf } from "./video-fit";

/** A local or remote track that can be shown in a video element. */
export interface Attachable {
  attach(element: HTMLVideoElement): () => void;
}

interface VideoProps {
  track: Attachable;
  mirrored?: boolean;
  /** `contain` for screens, which are never cut; `person`: cut a little to fill the place, or whole. */
  fit?: "person" | "contain";
  label: string;
  testId?: string;
}

export function Video({ track, mirrored = false, fit = "person", label, testId }: VideoProps) {
  const ref = useRef<HTMLVideoElement>(null);
  const personFit = usePersonFit(ref);
  useEffect(() => {
    const element = ref.current;
    return element ? track.attach(element) : undefined;
  }, [track]);
  return (
    <video
      ref={ref}
      className={`video video-${fit === "person" ? personFit : fit} ${mirrored ? "video-mirrored" : ""}`}
      aria-label={label}
      data-testid={testId}
      autoPlay
      playsInline
      // The engine plays audio, on the selected speaker.
      muted
    />
  );
}

/** {@link fitOf} the video: its size changes when a telephone is turned, and with the place. */
function usePersonFit(ref: { current: HTMLVideoElement | null }): "cover" | "contain" {
  const [fit, setFit] = useState<"cover" | "contain">("cover");
  useEffect(() => {
    const video = ref.current;
    if (!video) return;
    const update = () => {
      const picture = { width: video.videoWidth, height: video.videoHeight };
      setFit(fitOf(picture, { width: video.clientWidth, height: video.clientHeight }));
    };
    const observer = new ResizeObserver(update);
    observer.observe(video);
    video.addEventListener("resize", update);
    return () => {
      observer.disconnect();
      video.removeEventListener("resize", update);
    };
  }, [ref]);
  return fit;
}
