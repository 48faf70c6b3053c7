/** A stretch of a text; with `href` it is a link. */
export type Stretch = { readonly text: string; readonly href?: string };

// Neither quotes nor what turns text around: what is read is what is opened.
const address = /\bhttps?:\/\/[^\s<>"'`{}|\\^\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/giu;
const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** A text with the web addresses in it, and nothing else, as links. */
export function splitLinks(text: string): readonly Stretch[] {
  const parts: Stretch[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(address)) {
    const written = withoutEnd(found);
    const href = safeHref(written);
    if (href === undefined) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: written, href });
    end = index + written.length;
  }
  return end < text.length || parts.length === 0 ? [...parts, { text: text.slice(end) }] : parts;
}

/** What ends the sentence does not belong to the address, nor does a bracket that was opened before it. */
function withoutEnd(written: string): string {
  const spare = new Map(Object.entries(closing).map(([close, open]) => [close, count(written, close) - count(written, open)]));
  let end = written.length;
  for (; end > 0; end -= 1) {
    const last = written[end - 1] ?? '';
    const isSpare = (spare.get(last) ?? 0) > 0;
    if (!isSpare && !/[.,;:!?…*_~]/u.test(last)) break;
    if (isSpare) spare.set(last, (spare.get(last) ?? 0) - 1);
  }
  return written.slice(0, end);
}

function count(text: string, one: string): number {
  return text.split(one).length - 1;
}

/** None where a name before `@` would look like the place it leads to. */
function safeHref(written: string): string | undefined {
  const url = URL.parse(written);
  const isWeb = url !== null && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '';
  return isWeb && url.username === '' && url.password === '' ? url.href : undefined;
}
