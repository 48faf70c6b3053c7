import ICAL from 'ical.js';
import type { Card } from './contact.ts';
import { readVcard21 } from './vcard-21.ts';
import { labelOf, nameOfParts, textOf } from './vcard-values.ts';

export type VcardReading =
  | { readonly kind: 'card'; readonly line: number; readonly card: Card }
  | { readonly kind: 'bad'; readonly line: number; readonly problem: string };

/** Pictures are left out before; what is still longer is no card of a person. */
const maxCardLength = 64 * 1024;
const maxProperties = 500;

/** Properties whose values are large and of no use here, with the lines they are continued on. */
const pictures = /^(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:]/i;

/**
 * The cards of a file, one by one, whatever version each is (vCard 2.1, 3.0: RFC 2426, 4.0: RFC 6350). One that cannot be read costs nobody
 * else. `line` is where it begins, counted from 1.
 */
export function* readVcards(text: string): Generator<VcardReading> {
  let lines: string[] = [];
  let length = 0;
  let startsAt = 0;
  let isPicture = false;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    const word = line.trim().toUpperCase();
    if (word === 'BEGIN:VCARD') {
      if (startsAt > 0) yield { kind: 'bad', line: startsAt, problem: 'The card has no END:VCARD' };
      [lines, length, startsAt, isPicture] = [[], 0, number, false];
    }
    if (startsAt === 0) continue;
    isPicture = isPicture ? isContinued(line) : pictures.test(line);
    if (!isPicture) {
      length += line.length;
      if (length <= maxCardLength) lines.push(line);
    }
    if (word !== 'END:VCARD') continue;
    yield length > maxCardLength
      ? { kind: 'bad', line: startsAt, problem: 'The card is too large' }
      : readCardText(lines, startsAt);
    startsAt = 0;
  }
  if (startsAt > 0) yield { kind: 'bad', line: startsAt, problem: 'The card has no END:VCARD' };
}

function* linesOf(text: string): Generator<string> {
  let start = text.startsWith('\ufeff') ? 1 : 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    yield text[stop - 1] === '\r' ? text.slice(start, stop - 1) : text.slice(start, stop);
    start = stop + 1;
  }
}

/** Folded, or the base64 of a 2.1 card, which ends with an empty line. */
function isContinued(line: string): boolean {
  return /^[ \t]/.test(line) || /^[A-Za-z0-9+/]+={0,2}$/.test(line);
}

function readCardText(lines: readonly string[], line: number): VcardReading {
  try {
    const isOld = lines.some((one) => /^VERSION:2\.1$/i.test(one.trim()));
    const card = isOld ? readVcard21(lines) : toCard(new ICAL.Component(ICAL.parse(lines.join('\r\n')) as unknown[]));
    return { kind: 'card', line, card };
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 200) : 'it is no vCard';
    return { kind: 'bad', line, problem: `The card cannot be read: ${detail}` };
  }
}

function toCard(component: ICAL.Component): Card {
  const all = component.getAllProperties().slice(0, maxProperties);
  const named = (name: string) => all.filter((property) => property.name === name);
  const labels = new Map(
    named('x-ablabel').map((property) => [firstOf(property.getParameter('group')), textOf(property.getFirstValue())]),
  );
  const numbers = named('tel').map((property) => {
    const label = labels.get(firstOf(property.getParameter('group'))) ?? labelOf(listOf(property.getParameter('type')));
    return { number: textOf(property.getFirstValue()), label: label.replace(/^_\$!<(.*)>!\$_$/, '$1').toLowerCase() };
  });
  const name = textOf(named('fn')[0]?.getFirstValue()) || nameOfParts(named('n')[0]?.getFirstValue());
  return {
    uid: textOf(named('uid')[0]?.getFirstValue()) || undefined,
    name: name || textOf(named('org')[0]?.getFirstValue()),
    numbers,
    groups: named('categories').flatMap((property) => property.getValues().map(textOf)),
  };
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((one) => (typeof one === 'string' ? one.split(',') : []));
}

function firstOf(value: unknown): string | undefined {
  return listOf(value)[0]?.toLowerCase();
}
