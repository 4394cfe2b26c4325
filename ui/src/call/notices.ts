import type { Source } from "../engine/types";
import type { Notice } from "./types";

/** Shown at once; older ones go. */
export const MAX_NOTICES = 5;

/** Adds in front. A notice of the same key is replaced: pressing a button twice is not two problems. */
export function addNotice(notices: readonly Notice[], notice: Notice): readonly Notice[] {
  return [notice, ...notices.filter(({ key }) => key !== notice.key)].slice(0, MAX_NOTICES);
}

export function removeNotice(notices: readonly Notice[], key: string): readonly Notice[] {
  return notices.some((notice) => notice.key === key)
    ? notices.filter((notice) => notice.key !== key)
    : notices;
}

/** A device that works again takes back what was said about it; a fallback is still worth reading. */
export function withoutDevice(notices: readonly Notice[], source: Source): readonly Notice[] {
  const found = notices.find(({ kind }) => kind.type === "device" && kind.source === source);
  return found ? removeNotice(notices, found.key) : notices;
}
