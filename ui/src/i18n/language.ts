export type Language = "ko" | "en";

/** The language for a setting. `preferred`: the system's languages (`navigator.languages`). */
export function resolveLanguage(setting: "system" | Language, preferred: readonly string[]): Language {
  if (setting !== "system") return setting;
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "ko" || primary === "en") return primary;
  }
  return "en";
}
