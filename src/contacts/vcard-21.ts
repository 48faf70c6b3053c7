import type { Card } from './contact.ts';
import { labelOf, nameOfParts } from './vcard-values.ts';

type Property = { readonly name: string; readonly types: readonly string[]; readonly value: string };

/** A card of an old phone (vCard 2.1): types without their name, quoted-printable, a character set for each value. */
export function readVcard21(lines: readonly string[]): Card {
  const properties = unfold(lines).flatMap((line) => readProperty(line) ?? []);
  const valueOf = (name: string) => properties.find((property) => property.name === name)?.value ?? '';
  const numbers = properties
    .filter(({ name }) => name === 'TEL')
    .map(({ value, types }) => ({ number: value, label: labelOf(types) }));
  return {
    uid: valueOf('UID') || undefined,
    name: valueOf('FN') || nameOfParts(partsOf(valueOf('N'))) || partsOf(valueOf('ORG')).join(' ').trim(),
    numbers,
    groups: valueOf('CATEGORIES')
      .split(/[,;]/)
      .map((group) => group.trim())
      .filter((group) => group !== ''),
  };
}

/** A line that begins with a space goes on with the one before; so does the one after a quoted-printable line that ends with `=`. */
function unfold(lines: readonly string[]): readonly string[] {
  const whole: string[][] = [];
  let isSoft = false;
  for (const line of lines) {
    const last = whole.at(-1);
    const goesOn: boolean = last !== undefined && (isSoft || /^[ \t]/.test(line));
    const text: string = goesOn && !isSoft ? line.slice(1) : line;
    const isQuoted: boolean = goesOn ? isSoft : /;(?:ENCODING=)?QUOTED-PRINTABLE[;:]/i.test(line);
    isSoft = isQuoted && text.endsWith('=');
    const plain = isSoft ? text.slice(0, -1) : text;
    if (last !== undefined && goesOn) last.push(plain);
    else whole.push([plain]);
  }
  return whole.map((parts) => parts.join(''));
}

function readProperty(line: string): Property | undefined {
  const colon = line.indexOf(':');
  if (colon <= 0) return undefined;
  const [head = '', ...parameters] = line.slice(0, colon).split(';');
  const words = parameters.map((parameter) => parameter.toUpperCase());
  const charset = words.find((word) => word.startsWith('CHARSET='))?.slice('CHARSET='.length);
  const isQuoted = words.some((word) => word === 'QUOTED-PRINTABLE' || word === 'ENCODING=QUOTED-PRINTABLE');
  const text = line.slice(colon + 1);
  return {
    name: (head.split('.').at(-1) ?? '').trim().toUpperCase(),
    types: words.map((word) => word.replace(/^TYPE=/, '')),
    value: (isQuoted ? decodeQuotedPrintable(text, charset) : text).trim(),
  };
}

function decodeQuotedPrintable(text: string, charset = 'UTF-8'): string {
  const bytes = Buffer.from(text, 'utf8')
    .toString('latin1')
    .replaceAll(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return new TextDecoder(charset, { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return new TextDecoder('windows-1252').decode(Buffer.from(bytes, 'latin1'));
  }
}

function partsOf(value: string): readonly string[] {
  return value.split(';').map((part) => part.trim());
}
