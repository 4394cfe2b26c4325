/**
 * Room IDs as defined in `crates/protocol/src/room_id.rs`, so that the form can report errors before anything is sent.
 * The server decides (its Unicode tables may be newer than the browser's). Both are tested with
 * `crates/protocol/tests/room-ids.json`.
 */
import { LIMITS } from "./generated";

export type RoomIdProblem = "empty" | "too-long" | "character";
export type RoomIdResult = { ok: true; id: string } | { ok: false; problem: RoomIdProblem };

/** Limit before normalisation, as in Rust, in bytes of UTF-8. */
const MAX_INPUT_BYTES = LIMITS.maxRoomIdChars * 4 * 4;

const ALLOWED = /^[\p{L}\p{N}\p{M}_-]*$/u;
/** Letters and marks that are invisible: rooms that look the same must be the same. */
const INVISIBLE =
  /\u{034F}|[\u{115F}\u{1160}\u{3164}\u{FFA0}]|[\u{17B4}\u{17B5}]|[\u{180B}-\u{180F}]|[\u{FE00}-\u{FE0F}]|[\u{E0100}-\u{E01EF}]/u;
const LEADING_MARK = /^\p{M}/u;

/** The canonical form of a typed room ID, or the rule that it breaks. */
export function parseRoomId(text: string): RoomIdResult {
  if (text.length > MAX_INPUT_BYTES || new TextEncoder().encode(text).length > MAX_INPUT_BYTES) {
    return { ok: false, problem: "too-long" };
  }
  // Character by character: on a whole string, `toLowerCase` applies the final sigma rule, which room IDs do not have.
  const lower = Array.from(text.normalize("NFKC"), (character) => character.toLowerCase()).join("");
  const id = lower.normalize("NFKC");
  if (id === "") return { ok: false, problem: "empty" };
  if (!ALLOWED.test(id) || INVISIBLE.test(id) || LEADING_MARK.test(id))
    return { ok: false, problem: "character" };
  if (Array.from(id).length > LIMITS.maxRoomIdChars) return { ok: false, problem: "too-long" };
  return { ok: true, id };
}

const CONSONANTS = "bdfghjkmnprstvyz";
const VOWELS = "aeiou";
const SYLLABLES = CONSONANTS.length * VOWELS.length;
const WORDS = 5;

/**
 * A room ID that cannot be guessed: it is the only secret of the room. Five pronounceable words of two syllables,
 * log2(80¹⁰) = 63 bits, easy to read out on the phone.
 */
export function randomRoomId(
  fill: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => crypto.getRandomValues(bytes),
): string {
  const byte = new Uint8Array(1);
  const syllable = (): string => {
    // Rejection sampling: a plain modulo would favour some syllables.
    let value: number;
    do {
      fill(byte);
      value = byte[0] ?? 255;
    } while (value >= SYLLABLES * Math.floor(256 / SYLLABLES));
    const index = value % SYLLABLES;
    return `${CONSONANTS[Math.floor(index / VOWELS.length)]}${VOWELS[index % VOWELS.length]}`;
  };
  return Array.from({ length: WORDS }, () => syllable() + syllable()).join("-");
}
