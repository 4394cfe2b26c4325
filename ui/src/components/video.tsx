import { useEffect, useRef } from "react";

/** What both kinds of track have: something that shows itself in an element. */
export interface Attachable {
  attach(element: HTMLVideoElement): () => void;
}

interface VideoProps {
  track: Attachable;
  mirrored?: boolean;
  /** `contain` for screens: nothing of them may be cut off. */
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
      // Voices are played by the engine, on the chosen speaker; a picture never plays sound.
      muted
    />
  );
}
