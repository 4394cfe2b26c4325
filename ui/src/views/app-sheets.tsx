import { SettingsSheet } from "./sheets/settings-sheet";
import { ShortcutsSheet } from "./sheets/shortcuts-sheet";

export type SheetName = "settings" | "shortcuts";

export function AppSheets({ open, onClose }: { open: SheetName | null; onClose: () => void }) {
  if (open === "settings") return <SettingsSheet onClose={onClose} />;
  if (open === "shortcuts") return <ShortcutsSheet onClose={onClose} />;
  return null;
}
