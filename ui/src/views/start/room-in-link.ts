/** The room of a pasted invitation link (`https://…/r/<room>`); null for any other text. */
export function roomInLink(text: string): string | null {
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) return null;
  const match = /^\/r\/([^/]+)\/?$/.exec(new URL(trimmed).pathname);
  if (!match?.[1]) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return null;
  }
}
