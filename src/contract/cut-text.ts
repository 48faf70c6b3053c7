/** The beginning of a text in at most so many UTF-16 code units, `…` among them; whole characters only. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, Math.max(0, maxLength - 1));
  const last = kept.charCodeAt(kept.length - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return `${(isHalf ? kept.slice(0, -1) : kept).trimEnd()}…`;
}
