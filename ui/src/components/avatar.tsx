import type { CSSProperties } from "react";
import "./avatar.css";

const PALETTES = 8;

/** A name in another direction may be isolated for the text around it. */
const withoutIsolates = (name: string) => name.replace(/[\u2066-\u2069]/g, "");

/** Index of the colours of a name: the same on every computer. */
function paletteOf(name: string): number {
  let hash = 2166136261;
  for (const character of withoutIsolates(name))
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  // The low bits of FNV-1a depend mostly on the last character: mix in the high ones.
  hash ^= hash >>> 15;
  return (Math.imul(hash, 0x2c1b3c6d) >>> 16) % PALETTES;
}

export function personColours(name: string): CSSProperties {
  const index = paletteOf(name);
  return {
    "--person-a": `var(--person-${index}a)`,
    "--person-b": `var(--person-${index}b)`,
  } as CSSProperties;
}

/** The first grapheme of a name, in upper case if the script has one. */
function initialOf(name: string): string {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(withoutIsolates(name).trim()))
    return segment.toLocaleUpperCase();
  return "·";
}

export function Avatar({ name, small = false }: { name: string; small?: boolean }) {
  return (
    <span className={`avatar ${small ? "avatar-small" : ""}`} style={personColours(name)} aria-hidden="true">
      {initialOf(name)}
    </span>
  );
}
