/** Heights, in pixels, in which a camera is sent to those who show it small. */
const SMALL_HEIGHTS = [180, 360] as const;

/** The small height that is enough for a camera shown in this height (physical pixels); null: only a larger one is. */
export function smallHeight(shownHeight: number): (typeof SMALL_HEIGHTS)[number] | null {
  return SMALL_HEIGHTS.find((height) => shownHeight <= height) ?? null;
}
