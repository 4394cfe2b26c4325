/** Which controls of the dock fit beside each other, and which are in the "More" menu instead. Pure. */

/**
 * Controls that can be in the "More" menu, in the order in which they move there as the dock gets narrower. `devices`:
 * the buttons that open the menus of devices. The microphone, the camera, the chat and leaving never move.
 */
export const MOVABLE = ["reactions", "files", "people", "hand", "devices", "share"] as const;
export type Movable = (typeof MOVABLE)[number];

/** Controls that exist here. */
export interface DockContent {
  microphone: boolean;
  camera: boolean;
  share: boolean;
  files: boolean;
}

export interface DockLayout {
  moved: ReadonlySet<Movable>;
  /** Leaving has its name beside the icon. */
  leaveLabel: boolean;
  /** The switch between grid and speaker is in the menu: the top bar has no room for it. */
  viewMoved: boolean;
}

/** As in dock.css, in CSS pixels. */
const CONTROL = 48;
const CHEVRON = 28;
const LINE = 5;
const LEAVE = 60;
/** "Leave" takes 113 px and "나가기" 111 px. */
const LEAVE_WITH_LABEL = 120;
const GAP = 8;
const GAP_WITHOUT_LABEL = 6;
/** Of the bar and of the area beside it, both sides. */
const PADDING = 32;

/** At most this wide, the top bar hides the switch between grid and speaker; call.css has the same number. */
export const MAX_WITHOUT_VIEW = 560;

/** The first layout that fits into `width` CSS pixels; the narrowest one where none does. */
export function dockLayout(width: number, content: DockContent): DockLayout {
  const viewMoved = width <= MAX_WITHOUT_VIEW;
  const moved = new Set<Movable>();
  if (widthOf(content, moved, true) <= width) return { moved, leaveLabel: true, viewMoved };
  for (const control of MOVABLE) {
    if (widthOf(content, moved, false) <= width) break;
    moved.add(control);
  }
  return { moved, leaveLabel: false, viewMoved };
}

function widthOf(content: DockContent, moved: ReadonlySet<Movable>, leaveLabel: boolean): number {
  const shown = (control: Movable) => !moved.has(control);
  const devices = [content.microphone, content.camera].filter(Boolean).map(() => CONTROL);
  const rest = [
    content.share && shown("share"),
    shown("reactions"),
    shown("hand"),
    content.files && shown("files"),
    shown("people"),
    // The chat and "More".
    true,
    true,
  ].flatMap((isShown) => (isShown ? [CONTROL] : []));
  const lines = [...(devices.length > 0 && shown("share") ? [LINE] : []), ...(leaveLabel ? [LINE] : [])];
  const items = [...devices, ...rest, ...lines, leaveLabel ? LEAVE_WITH_LABEL : LEAVE];
  const gap = leaveLabel ? GAP : GAP_WITHOUT_LABEL;
  const chevrons = shown("devices") ? devices.length * CHEVRON : 0;
  return items.reduce((sum, item) => sum + item, chevrons + gap * (items.length - 1) + PADDING);
}
