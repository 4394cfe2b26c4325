/**
 * Display names without what draws nothing, or changes the text around them (docs/protocol.md, "Display names"). The
 * rule is that of `crates/protocol/src/name.rs`, which the server applies too; both are tested with
 * `crates/protocol/tests/names.json`.
 */
import { LIMITS } from "./generated";

/** Combining marks kept on one character. Written languages need up to four. */
const MAX_MARKS = 4;

/**
 * `text` without control, direction and other characters that draw nothing, without halves of surrogate pairs, without
 * marks that have no letter or are too many on one, and with single spaces, none at the ends. Empty if nothing is left
 * that one could see. Cleaning a second time changes nothing.
 */
export function cleanName(text: string): string {
  let cleaned = "";
  /** The last kept character; empty at the start and after white space. */
  let last = "";
  let space = false;
  /** A joiner or the emoji selector of a keycap: kept once it is known what follows. */
  let joiner = "";
  let marks = 0;
  const keep = (character: string) => {
    if (space) cleaned += " ";
    else if (joiner !== "" && last !== "" && joins(last, joiner, character)) cleaned += joiner;
    space = false;
    joiner = "";
    cleaned += character;
    last = character;
  };

  // Each flag with tags is one piece, like each other character.
  for (const [piece] of text.matchAll(
    /\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{1,6}\u{E007F}|./gsu,
  )) {
    if (piece.length > 2) {
      keep(BLACK_FLAG);
      cleaned += piece.slice(BLACK_FLAG.length);
      marks = 0;
    } else if (/[\p{White_Space}\u2800]/u.test(piece)) {
      space = cleaned !== "";
      last = "";
      joiner = "";
    } else if (/[\u200C\u200D]/.test(piece)) {
      if (last !== "") joiner = piece;
    } else if (VARIATION_SELECTOR.test(piece)) {
      if (last !== "" && takesSelector(last, piece)) keep(piece);
      else if (piece === EMOJI_SELECTOR && /[0-9#*]/.test(last)) joiner = piece;
    } else if (/[\p{Cc}\p{Cs}]/u.test(piece) || DRAWS_NOTHING.test(piece)) {
      // Removed.
    } else if (/\p{M}/u.test(piece)) {
      if (last !== "" && marks < MAX_MARKS) {
        keep(piece);
        marks += 1;
      }
    } else {
      keep(piece);
      marks = 0;
    }
  }
  return cleaned;
}

/**
 * As much of a name as is sent, whole characters as people see them: an emoji of several code points is never cut. For
 * a field while it is edited: spaces at the end stay.
 */
export function limitName(text: string): string {
  const wellFormed = text.replace(/\p{Cs}/gu, "");
  if ([...wellFormed].length <= LIMITS.maxNameChars) return wellFormed;
  let length = 0;
  let limited = "";
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(wellFormed)) {
    length += [...segment].length;
    if (length > LIMITS.maxNameChars) break;
    limited += segment;
  }
  return limited;
}

/** A name as it is sent: clean, and within the limit. */
export function sentName(text: string): string {
  return cleanName(limitName(cleanName(text)));
}

const BLACK_FLAG = "\u{1F3F4}";
const ZERO_WIDTH_JOINER = "\u200D";
const EMOJI_SELECTOR = "\uFE0F";
const KEYCAP = "\u20E3";

function joins(before: string, joiner: string, after: string): boolean {
  if (joiner === EMOJI_SELECTOR) return after === KEYCAP;
  if (joiner === ZERO_WIDTH_JOINER && PICTOGRAPH.test(after))
    return PICTOGRAPH.test(before) || before === EMOJI_SELECTOR;
  return JOINING_SCRIPT.test(before) && JOINING_SCRIPT.test(after);
}

const VARIATION_SELECTOR = /[\u180B-\u180D\u180F\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u;

function takesSelector(before: string, selector: string): boolean {
  if (/[\uFE0E\uFE0F]/u.test(selector)) return PICTOGRAPH.test(before);
  if (/[\u{E0100}-\u{E01EF}]/u.test(selector)) return IDEOGRAPH.test(before);
  return /[\u180B-\u180F]/u.test(selector) && /[\u1820-\u18AA]/u.test(before);
}

/** Scripts in which a joiner selects the form of a letter: from Arabic to Myanmar, Khmer, Mongolian, and Brahmic ones. */
const JOINING_SCRIPT = /[\u0600-\u109F\u1780-\u18AF\uA8E0-\uA8FF\u{11000}-\u{11FFF}]/u;

const IDEOGRAPH = /[\u3400-\u9FFF\uF900-\uFAFF\u{20000}-\u{3FFFD}]/u;

/** Blocks with emoji; more than the emoji themselves, so that a later version of Unicode changes nothing. */
const PICTOGRAPH =
  /[\xA9\xAE\u203C\u2049\u2122\u2139\u2194-\u21AA\u2300-\u23FF\u24C2\u25AA-\u27BF\u2934\u2935\u2B00-\u2BFF\u3030\u303D\u3297-\u3299\u{1F000}-\u{1FAFF}]/u;

/**
 * Bidirectional controls, and what else is default ignorable or an annotation. Joiners and variation selectors are not
 * here.
 */
const DRAWS_NOTHING =
  /[\u034F\xAD\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\u{1BCA0}-\u{1BCA3}\u{1D159}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/u;
