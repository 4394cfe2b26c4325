import { createContext, useContext } from "react";
import { en, type Text } from "./en";
import { ko } from "./ko";
import type { Language } from "./language";

export type { Text };

export const TEXTS: Record<Language, Text> = { en, ko };

export const LanguageContext = createContext<Language>("en");

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

export function useText(): Text {
  return TEXTS[useContext(LanguageContext)];
}
