/** Sizes, rates and times of file transfers. Rounded such that they do not flicker while they change. */
import { decimal } from "./format";
import type { Language } from "./language";

/** Powers of 1,000, as file managers of macOS and Linux count. */
const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** The unit in which `bytes` is at least 1 and, rounded to `digitsOf`, less than 1,000. */
function unitOf(bytes: number): number {
  let unit = 0;
  let value = bytes;
  while (unit < UNITS.length - 1 && Math.round(value) >= 1000) {
    value /= 1000;
    unit += 1;
  }
  return unit;
}

const digitsOf = (value: number, unit: number): 0 | 1 => (unit > 0 && value < 99.95 ? 1 : 0);

/** "812 B", "18.4 GB". */
export function byteSize(language: Language, bytes: number): string {
  const unit = unitOf(bytes);
  const value = bytes / 1000 ** unit;
  return `${decimal(language, value, digitsOf(value, unit))} ${UNITS[unit]}`;
}

/** Both in the unit of the total, "11.4" and "18.4 GB". What is done is rounded down: it is complete only at the end. */
export function byteProgress(
  language: Language,
  done: number,
  total: number,
): { done: string; total: string } {
  const unit = unitOf(total);
  const digits = digitsOf(total / 1000 ** unit, unit);
  const step = 10 ** digits;
  const value = Math.floor((Math.min(done, total) / 1000 ** unit) * step) / step;
  return { done: decimal(language, value, digits), total: byteSize(language, total) };
}

/** "62 %", rounded down: 100 % only at the end. */
export function progressPercent(language: Language, share: number): string {
  return `${decimal(language, Math.floor(Math.min(1, Math.max(0, share)) * 100), 0)} %`;
}

/** "96 MB/s", of at most two or three digits. */
export function byteRate(language: Language, bytesPerSecond: number): string {
  const unit = unitOf(bytesPerSecond);
  const value = bytesPerSecond / 1000 ** unit;
  return `${decimal(language, value, unit > 0 && value < 9.95 ? 1 : 0)} ${UNITS[unit]}/s`;
}

const UNIT_NAMES = ["day", "hour", "minute", "second"] as const;
type TimeUnit = (typeof UNIT_NAMES)[number];

const timeFormats = (language: Language) =>
  Object.fromEntries(
    UNIT_NAMES.map((unit) => [
      unit,
      new Intl.NumberFormat(language, {
        style: "unit",
        unit,
        unitDisplay: "short",
        maximumFractionDigits: 0,
      }),
    ]),
  ) as Record<TimeUnit, Intl.NumberFormat>;
const TIMES = { en: timeFormats("en"), ko: timeFormats("ko") };

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Up to `below` seconds, times are multiples of `step`: never further from the truth than about a tenth. */
const STEPS = [
  { below: 20, step: 1 },
  { below: MINUTE, step: 5 },
  { below: 5 * MINUTE, step: 15 },
  { below: HOUR, step: MINUTE },
  { below: 10 * HOUR, step: 5 * MINUTE },
  { below: DAY, step: HOUR },
  { below: Number.POSITIVE_INFINITY, step: 6 * HOUR },
] as const;

/** Seconds as they are shown, at least 1. */
export function roundedSeconds(seconds: number): number {
  const { step } = STEPS.find(({ below }) => seconds < below) ?? { step: HOUR };
  return Math.max(1, Math.round(seconds / step) * step);
}

/** "1 min 15 sec", "1분 15초": at most two units. */
export function timeSpan(language: Language, seconds: number): string {
  const rounded = roundedSeconds(seconds);
  const parts: [TimeUnit, number][] = [
    ["day", Math.floor(rounded / DAY)],
    ["hour", Math.floor((rounded % DAY) / HOUR)],
    ["minute", Math.floor((rounded % HOUR) / MINUTE)],
    ["second", rounded % MINUTE],
  ];
  const first = parts.findIndex(([, value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([, value]) => value > 0)
    .map(([unit, value]) => TIMES[language][unit].format(value))
    .join(" ");
}
