import { createContext, useContext } from "react";
import { en } from "./en";
import { ko } from "./ko";
import type { Language } from "./language";

/** Every sentence of the interface. `ko` is checked against it: a missing key does not compile. */
export type Text = typeof en;

export const TEXTS: Record<Language, Text> = { en, ko };

export const LanguageContext = createContext<Language>("en");

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

export function useText(): Text {
  return TEXTS[useContext(LanguageContext)];
}
