interface Size {
  width: number;
  height: number;
}

/**
 * An upright picture loses chin and forehead when it is cut: not below this share of it. A picture of 4:3 still fills the
 * widest tile, which is 2:1.
 */
const MIN_SHARE_OF_HEIGHT = 0.6;
/** A person is in the middle of a wide picture, so its sides matter less. */
const MIN_SHARE_OF_WIDTH = 0.5;

/** How a person's picture is fitted into `place`: cut to fill it, or whole if too much of it would be cut off. */
export function fitOf(picture: Size, place: Size): "cover" | "contain" {
  const { width, height } = picture;
  // Not known before the first frame.
  if (width === 0 || height === 0 || place.width === 0 || place.height === 0) return "cover";
  const shape = width / height / (place.width / place.height);
  const whole = shape < 1 ? shape < MIN_SHARE_OF_HEIGHT : 1 / shape < MIN_SHARE_OF_WIDTH;
  return whole ? "contain" : "cover";
}
