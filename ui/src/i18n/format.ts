import type { Language } from "./language";

const CLOCK: Record<Language, Intl.DateTimeFormat> = {
  en: new Intl.DateTimeFormat("en", { hour: "numeric", minute: "2-digit" }),
  ko: new Intl.DateTimeFormat("ko", { hour: "numeric", minute: "2-digit" }),
};

/** Time of day of `at` (milliseconds since the epoch), as short as the language allows. */
export function timeOfDay(language: Language, at: number): string {
  return CLOCK[language].format(at);
}

/** "24:18", and "1:02:03" from an hour on. `milliseconds` below zero counts as zero. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
