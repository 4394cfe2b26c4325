/** A piece of text, or a web link in it. Only `http:` and `https:` URLs become links. */
export type Piece = { kind: "text"; text: string } | { kind: "link"; text: string; url: string };

/** Ends at white space, quotes, and the characters of no width that messengers add. */
const URL_CANDIDATE = /https?:\/\/[^\s<>"'`\u200B-\u200F\u2060]+/giu;
/** Punctuation that belongs to the sentence, not to the URL. `~` ends a friendly sentence in Korean, `*` bold text. */
const TRAILING = /[.,;:!?…。、，！？~～*]$/u;
/**
 * A Korean particle, which is written without a space: "https://a.example/b로 오세요". Only directly after a Latin letter
 * or a digit, because paths have Korean words of their own: https://ko.wikipedia.org/wiki/한국은행
 */
const PARTICLE =
  /(?<=[A-Za-z0-9])(?:은|는|이|가|을|를|에|의|와|과|도|만|로|랑|으로|에서|에는|에서는|까지|부터|하고|이랑|입니다|이에요|예요|이야|야)$/u;
const BRACKETS: Record<string, string> = {
  ")": "(",
  "]": "[",
  "}": "{",
  "）": "（",
  "」": "「",
  "』": "『",
  "》": "《",
  "〉": "〈",
  "】": "【",
  "”": "“",
  "’": "‘",
};

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(URL_CANDIDATE)) {
    const candidate = withoutTrailing(match[0]);
    const url = webUrl(candidate);
    if (url === null) continue;
    if (match.index > end) pieces.push({ kind: "text", text: text.slice(end, match.index) });
    pieces.push({ kind: "link", text: candidate, url });
    end = match.index + candidate.length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
}

function withoutTrailing(candidate: string): string {
  let text = candidate;
  for (;;) {
    const last = text.at(-1) ?? "";
    const open = BRACKETS[last];
    // "(see https://a.example/b)" but "https://a.example/b_(c)".
    const unbalanced = open !== undefined && text.split(last).length > text.split(open).length;
    if (TRAILING.test(text) || unbalanced) text = text.slice(0, -1);
    else if (PARTICLE.test(text)) text = text.replace(PARTICLE, "");
    else return text;
  }
}

function webUrl(candidate: string): string | null {
  if (!URL.canParse(candidate)) return null;
  const url = new URL(candidate);
  // Credentials before `@` can make a URL look like that of another site.
  if (url.username !== "" || url.password !== "") return null;
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}
