/** Video and audio quality, calculated from a recording. Times are milliseconds, rates per second. */
import type { CounterSample, Recording } from "./recorder";
import { median } from "./results";

export interface Interval {
  from: number;
  to: number;
}

export interface Metrics {
  framesPerSecond: number;
  longestFreeze: number;
  /** 0–1. */
  concealed: number;
  kilobitsPerSecond: number;
  height: number;
  blind: number;
}

/** What arrived in one direction of a call. */
export interface ReceivedMedia {
  recording: Recording;
  /** Of the receiver. */
  counters: CounterSample[];
  /** Bytes of video, counted at the Chromium end, or by the receiver if both are Chromium. */
  bytes: [number, number][];
}

export function metricsOf(received: ReceivedMedia, interval: Interval): Metrics {
  const { from, to } = interval;
  const first = received.counters.findLast(({ at }) => at <= from) ?? received.counters[0];
  const last = received.counters.findLast(({ at }) => at <= to);
  const played = (last?.played ?? 0) - (first?.played ?? 0);
  const concealed = (last?.concealed ?? 0) - (first?.concealed ?? 0);
  return {
    framesPerSecond: median(bySecond(received.recording.frames, interval)),
    longestFreeze: Math.round(longestGap(received.recording.frames, interval)),
    concealed: played > 0 ? Number((concealed / played).toFixed(4)) : Number.NaN,
    kilobitsPerSecond: Math.round(rate(received.bytes, from, to) / 1_000),
    height: received.recording.heights.findLast(([at]) => at <= to)?.[1] ?? 0,
    blind: Math.round(received.recording.blind),
  };
}

/** One direction during and after a cut; seconds count from the end of the cut. */
export interface Recovery {
  before: Metrics;
  during: Metrics;
  /** From the beginning of the cut to the end of the recording. */
  longestFreeze: number;
  /** Start of the first second with nine tenths of the frames before the cut. */
  frameRateRecovered: number | null;
  /** Start of the first second in which the bitrate has regained half of what the cut took. */
  bitrateRecovered: number | null;
  /** The video is as high as before. */
  heightRecovered: number | null;
  /** All three are reached. */
  recovered: number | null;
}

export function recoveryOf(
  received: ReceivedMedia,
  before: Interval,
  during: Interval,
  end: number,
): Recovery {
  const { frames, heights } = received.recording;
  const was = metricsOf(received, before);
  const frameRate = framesIn(frames, before) / ((before.to - before.from) / 1_000);
  const bits = rate(received.bytes, before.from, before.to);
  // The bitrate at the end of the cut: at first it only falls.
  const narrow = rate(received.bytes, (during.from + during.to) / 2, during.to);
  const firstSecond = (good: (second: Interval) => boolean): number | null => {
    for (let from = during.to; from + 1_000 <= end; from += 100)
      if (good({ from, to: from + 1_000 })) return (from - during.to) / 1_000;
    return null;
  };
  const heightAt = (time: number) => heights.findLast(([at]) => at <= time)?.[1] ?? 0;
  const frameRateRecovered = firstSecond((second) => framesIn(frames, second) >= frameRate * 0.9);
  const bitrateRecovered = firstSecond(
    ({ from, to }) => rate(received.bytes, from, to) >= (bits + narrow) / 2,
  );
  const heightRecovered = firstSecond(({ from }) => heightAt(from) >= was.height);
  const all = [frameRateRecovered, bitrateRecovered, heightRecovered];
  return {
    before: was,
    during: metricsOf(received, during),
    longestFreeze: Math.round(longestGap(frames, { from: during.from, to: end })),
    frameRateRecovered,
    bitrateRecovered,
    heightRecovered,
    recovered: all.includes(null) ? null : Math.max(...all.map(Number)),
  };
}

/** A freeze at the start or the end of the interval counts as well. */
function longestGap(frames: readonly number[], { from, to }: Interval): number {
  const inside = [from, ...frames.filter((at) => at > from && at < to), to];
  return Math.max(...inside.slice(1).map((at, index) => at - (inside[index] ?? at)));
}

/** Seconds since `from`, and milliseconds. */
export function freezesOf(
  { recording: { frames } }: ReceivedMedia,
  from: number,
  longerThan: number,
): [number, number][] {
  return frames.flatMap((at, index): [number, number][] => {
    const before = frames[index - 1];
    if (before === undefined || before < from || at - before <= longerThan) return [];
    return [[round((before - from) / 1_000), Math.round(at - before)]];
  });
}

function framesIn(frames: readonly number[], { from, to }: Interval): number {
  return frames.filter((at) => at >= from && at < to).length;
}

function bySecond(frames: readonly number[], { from, to }: Interval): number[] {
  const seconds = Math.floor((to - from) / 1_000);
  return Array.from({ length: seconds }, (_, index) =>
    framesIn(frames, { from: from + index * 1_000, to: from + (index + 1) * 1_000 }),
  );
}

/** Bits per second, of a counter that is sampled at intervals. */
function rate(bytes: readonly [number, number][], from: number, to: number): number {
  const first = bytes.findLast(([at]) => at <= from) ?? bytes[0];
  const last = bytes.findLast(([at]) => at <= to);
  if (!first || !last || last[0] <= first[0]) return 0;
  return ((last[1] - first[1]) * 8_000) / (last[0] - first[0]);
}

const round = (value: number) => Number(value.toFixed(1));
