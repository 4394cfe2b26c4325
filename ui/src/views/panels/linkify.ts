/** Text split where it has web links. Only `http:` and `https:`; everything else stays text. */
export type Piece = { kind: "text"; text: string } | { kind: "link"; text: string; url: string };

const CANDIDATE = /https?:\/\/[^\s<>"'`]+/giu;
/** Punctuation that ends the sentence rather than the address. */
const TRAILING = /[.,;:!?…。、，！？]$/u;
const BRACKETS: Record<string, string> = { ")": "(", "]": "[", "}": "{", "」": "「", "』": "『", "”": "“" };

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const candidate = trimmed(match[0]);
    const url = webUrl(candidate);
    if (url === null) continue;
    if (match.index > end) pieces.push({ kind: "text", text: text.slice(end, match.index) });
    pieces.push({ kind: "link", text: candidate, url });
    end = match.index + candidate.length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
}

function trimmed(candidate: string): string {
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
  // A name before `@` is only there to make one address look like another.
  if (url.username !== "" || url.password !== "") return null;
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}
