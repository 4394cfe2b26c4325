import { SettingsSheet } from "./settings-sheet";
import { ShortcutsSheet } from "./shortcuts-sheet";

export type SheetName = "settings" | "shortcuts";

export function AppSheets({ open, onClose }: { open: SheetName | null; onClose: () => void }) {
  if (open === "settings") return <SettingsSheet onClose={onClose} />;
  if (open === "shortcuts") return <ShortcutsSheet onClose={onClose} />;
  return null;
}
