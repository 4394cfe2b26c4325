import { writeStored } from "../host/page-storage";
import type { Settings } from "../host/types";

/** Sets the theme, and stores it for `public/theme.js`, which applies it before the first paint. */
export function applyTheme(theme: Settings["theme"]): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  writeStored("maru.theme", theme);
  const background = getComputedStyle(document.body).backgroundColor;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", background);
}
