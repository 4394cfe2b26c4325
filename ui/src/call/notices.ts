import type { Source } from "../engine/types";
import type { Notice } from "./types";

/** Kept at the same time; older ones are dropped. */
export const MAX_NOTICES = 5;

/** Adds in front. A notice with the same key is replaced, so that a repeated error is shown once. */
export function addNotice(notices: readonly Notice[], notice: Notice): readonly Notice[] {
  return [notice, ...notices.filter(({ key }) => key !== notice.key)].slice(0, MAX_NOTICES);
}

export function removeNotice(notices: readonly Notice[], key: string): readonly Notice[] {
  return notices.some((notice) => notice.key === key)
    ? notices.filter((notice) => notice.key !== key)
    : notices;
}

/** Removes the error of a device that works now, or that it was gone. A notice about its fallback stays. */
export function removeDeviceError(notices: readonly Notice[], source: Source): readonly Notice[] {
  const found = notices.find(
    ({ kind }) =>
      (kind.type === "device" || (kind.type === "device-lost" && kind.fallback === null)) &&
      kind.source === source,
  );
  return found ? removeNotice(notices, found.key) : notices;
}
