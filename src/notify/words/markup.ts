// Owns HTML that is made from texts of others.
// Must stay true: whatever is filled in is escaped, but what was made here.

/** HTML in which nothing of others is more than text. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

type Filled = string | number | Markup | undefined | readonly Filled[];

/** `undefined` says nothing; the parts of a list follow each other. */
export function markup(fixed: TemplateStringsArray, ...filled: readonly Filled[]): Markup {
  return new Markup(fixed.map((text, at) => (at === 0 ? text : `${htmlOf(filled[at - 1])}${text}`)).join(''));
}

function htmlOf(value: Filled): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.html;
  return typeof value === 'object' ? value.map(htmlOf).join('') : escapeHtml(String(value));
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
