/**
 * Whether an open device has to be closed before another of its kind is opened. WebKit ends or mutes the earlier capture
 * of a kind when another begins, and phones with Android have one camera pipeline for all their cameras, which some
 * report as busy and some as a black picture. Elsewhere the new device opens beside the old one, without a gap.
 *
 * By the user agent: no API tells. A wrong guess costs a gap of some hundred milliseconds, or one refused attempt.
 */
export function closesFirst(kind: "microphone" | "camera", userAgent: string): boolean {
  const webkit = /AppleWebKit\//.test(userAgent) && !/Chrom(e|ium)\//.test(userAgent);
  return webkit || (kind === "camera" && /Android/.test(userAgent));
}
