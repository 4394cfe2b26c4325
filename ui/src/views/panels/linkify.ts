/** A piece of text, or a web link in it. Only `http:` and `https:` URLs become links. */
export type Piece = { kind: "text"; text: string } | { kind: "link"; text: string; url: string };

const URL_CANDIDATE = /https?:\/\/[^\s<>"'`]+/giu;
/** Punctuation that belongs to the sentence, not to the URL. */
const TRAILING = /[.,;:!?…。、，！？]$/u;
const BRACKETS: Record<string, string> = { ")": "(", "]": "[", "}": "{", "」": "「", "』": "『", "”": "“" };

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
    if (!TRAILING.test(text) && !unbalanced) return text;
    text = text.slice(0, -1);
  }
}

function webUrl(candidate: string): string | null {
  if (!URL.canParse(candidate)) return null;
  const url = new URL(candidate);
  // Credentials before `@` can make a URL look like that of another site.
  if (url.username !== "" || url.password !== "") return null;
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}
