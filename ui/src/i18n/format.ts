import type { Language } from "./language";

const TIME_OF_DAY: Record<Language, Intl.DateTimeFormat> = {
  en: new Intl.DateTimeFormat("en", { hour: "numeric", minute: "2-digit" }),
  ko: new Intl.DateTimeFormat("ko", { hour: "numeric", minute: "2-digit" }),
};

/** Time of day of `at` (milliseconds since the epoch), as short as the language allows. */
export function timeOfDay(language: Language, at: number): string {
  return TIME_OF_DAY[language].format(at);
}

/** "24:18", and "1:02:03" from an hour on. `milliseconds` below zero counts as zero. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${twoDigits(minutes)}:${twoDigits(seconds % 60)}`
    : `${minutes}:${twoDigits(seconds % 60)}`;
}

/** By the number of decimal places. */
const numberFormats = (language: Language) =>
  ([0, 1, 2] as const).map((digits) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }));
const NUMBERS = { en: numberFormats("en"), ko: numberFormats("ko") };

/** With at most `digits` decimal places. */
export function decimal(language: Language, value: number, digits: 0 | 1 | 2): string {
  return NUMBERS[language][digits]?.format(value) ?? String(value);
}

/** "42 ms"; with one decimal place below ten. */
export function milliseconds(language: Language, value: number): string {
  return `${decimal(language, value, value < 10 ? 1 : 0)} ms`;
}

/** "0.4 %", of a share between 0 and 1. */
export function percent(language: Language, share: number): string {
  return `${decimal(language, share * 100, share < 0.1 ? 1 : 0)} %`;
}

/** "48 kbit/s", "1.25 Mbit/s". */
export function bitrate(language: Language, bitsPerSecond: number): string {
  return bitsPerSecond < 999_500
    ? `${decimal(language, bitsPerSecond / 1_000, 0)} kbit/s`
    : `${decimal(language, bitsPerSecond / 1_000_000, 2)} Mbit/s`;
}
