/** Of the types of a number the one that a person would say. */
export function labelOf(types: readonly string[]): string {
  const known = types.map((type) => type.toLowerCase());
  const isFax = known.includes('fax');
  if (isFax) return 'fax';
  if (known.some((type) => type === 'cell' || type === 'iphone')) return 'mobile';
  return known.find((type) => ['home', 'work', 'main', 'car', 'pager'].includes(type)) ?? '';
}

/** Family, given, additional, before, behind (RFC 6350 section 6.2.2), as they are said. */
export function nameOfParts(value: unknown): string {
  if (!Array.isArray(value)) return textOf(value);
  const [family = '', given = '', additional = '', before = '', behind = ''] = value.map(textOf);
  return [before, given, additional, family, behind].filter((part) => part !== '').join(' ');
}

/** What a property says, as one text. */
export function textOf(value: unknown): string {
  if (Array.isArray(value))
    return value
      .map(textOf)
      .filter((part) => part !== '')
      .join(' ');
  // A semicolon is escaped in every text (RFC 2426 section 5), and the library leaves it so.
  return typeof value === 'string' ? value.replace(/^tel:/i, '').replaceAll('\\;', ';').trim() : '';
}
