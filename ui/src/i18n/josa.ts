/**
 * Korean particles depend on the last sound of the word before them (민지가, 지훈이), and here that word is a name in any
 * language. Prefer sentences without such a particle.
 */

export type Josa = "이/가" | "을/를" | "은/는" | "과/와" | "으로/로";

const HANGUL_FIRST = 0xac00;
const HANGUL_LAST = 0xd7a3;
const FINALS = 28;
const FINAL_RIEUL = 8;

/** Last sounds of 0 영, 1 일, 2 이 … 9 구 as read in Korean. */
const DIGIT_FINALS = [
  "consonant",
  "rieul",
  "vowel",
  "consonant",
  "vowel",
  "vowel",
  "consonant",
  "rieul",
  "rieul",
  "vowel",
] as const;

type Final = "vowel" | "rieul" | "consonant" | "unknown";

/** `word` with its particle; with both forms ("이(가)") if the last sound is not known. */
export function josa(word: string, particle: Josa): string {
  const [afterConsonant, afterVowel] = particle.split("/") as [string, string];
  switch (lastSound(word)) {
    case "vowel":
      return word + afterVowel;
    case "consonant":
      return word + afterConsonant;
    case "rieul":
      return word + (particle === "으로/로" ? afterVowel : afterConsonant);
    case "unknown":
      return particle === "으로/로" ? `${word}(으)로` : `${word}${afterConsonant}(${afterVowel})`;
  }
}

function lastSound(word: string): Final {
  const last = [...word.normalize("NFC").replace(/[^\p{L}\p{N}]+$/u, "")].at(-1);
  if (last === undefined) return "unknown";
  const code = last.codePointAt(0) ?? 0;
  if (code >= HANGUL_FIRST && code <= HANGUL_LAST) {
    const final = (code - HANGUL_FIRST) % FINALS;
    if (final === 0) return "vowel";
    return final === FINAL_RIEUL ? "rieul" : "consonant";
  }
  if (/[0-9]/.test(last)) return DIGIT_FINALS[Number(last)] ?? "unknown";
  // The Korean reading of Latin letters is known only for these: vowels stay vowels, a final l is ㄹ, m and n are ㅁ and
  // ㄴ. Others depend on the word ("Mark" is 마크, "Jack" is 잭).
  if (/[aeiouy]/i.test(last)) return "vowel";
  if (/l/i.test(last)) return "rieul";
  if (/[mn]/i.test(last)) return "consonant";
  return "unknown";
}
