import { useEffect, useRef } from "react";

/** A local or remote track that can be shown in a video element. */
export interface Attachable {
  attach(element: HTMLVideoElement): () => void;
}

interface VideoProps {
  track: Attachable;
  mirrored?: boolean;
  /** `contain` for screens, which must not be cropped. */
  fit?: "cover" | "contain";
  label: string;
  testId?: string;
}

export function Video({ track, mirrored = false, fit = "cover", label, testId }: VideoProps) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = ref.current;
    return element ? track.attach(element) : undefined;
  }, [track]);
  return (
    <video
      ref={ref}
      className={`video video-${fit} ${mirrored ? "video-mirrored" : ""}`}
      aria-label={label}
      data-testid={testId}
      autoPlay
      playsInline
      // The engine plays audio, on the selected speaker.
      muted
    />
  );
}
