import type { SheetName } from "../sheets/app-sheets";
import type { PanelName } from "./use-panels";

export type DockMenu = "microphone" | "camera" | "reactions" | "more";

export interface DockProps {
  panel: PanelName | null;
  menu: DockMenu | null;
  onPanel: (panel: PanelName | null) => void;
  onMenu: (menu: DockMenu | null) => void;
  onSheet: (sheet: SheetName) => void;
  onToggleSpotlight: () => void;
  onCopyLink: () => void;
  spotlighted: boolean;
  faded: boolean;
}
