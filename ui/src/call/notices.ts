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
