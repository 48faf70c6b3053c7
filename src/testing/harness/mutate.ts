import { seededRandom } from './seeded-random.ts';

// Owns the making of broken messages for tests, always the same ones for the same seed.
// Called by the tests of everything that reads bytes from the network.
// Must stay true: no other source of chance, so that a failure can be run again from its seed.

/** A number from 0 (included) to 1 (excluded). */
export type Chance = () => number;

export function seeded(seed: number): Chance {
  const whole = seededRandom(seed);
  return () => whole(4_294_967_296) / 4_294_967_296;
}

export function below(chance: Chance, limit: number): number {
  return Math.floor(chance() * limit);
}

export function oneOf<T>(chance: Chance, choices: readonly T[]): T {
  const chosen = choices[below(chance, choices.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

const nasty = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    '\r\n\r\n',
    '\r\n ',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '"',
    '\\',
    '\\"',
    '<',
    '>',
    '@',
    '=',
    '%',
    '/',
    '[',
    ']',
    '?',
    '&',
  ],
  ...[
    '-1',
    '4294967296',
    '99999999999999999999',
    '0',
    '\xff\xfe',
    '\xc3',
    '\u0080',
    'SIP/2.0',
    'SIP/3.0',
    ';lr',
    ';tag=',
    ';branch=',
    ';rport',
  ],
  ...[
    'Via: SIP/2.0/UDP x\r\n',
    'Content-Length: 5\r\n',
    'l: 0\r\n',
    'To: a\r\n',
    'CSeq: 1 ACK\r\n',
    'Route: <sip:a;lr>,<sip:b;lr>,\r\n',
    ': x\r\n',
  ],
];

type Mutation = (text: string, chance: Chance) => string;

const mutations: readonly Mutation[] = [
  (text, chance) => splice(text, below(chance, text.length), { remove: 1, insert: String.fromCharCode(below(chance, 256)) }),
  (text, chance) => splice(text, below(chance, text.length), { remove: 0, insert: oneOf(chance, nasty) }),
  (text, chance) => splice(text, below(chance, text.length), { remove: 1 + below(chance, 40), insert: '' }),
  (text, chance) => splice(text, below(chance, text.length), { remove: 1 + below(chance, 4), insert: oneOf(chance, nasty) }),
  (text, chance) => text.slice(0, below(chance, text.length)),
  (text, chance) => text.slice(below(chance, Math.min(text.length, 60))),
  (text, chance) => repeatPart(text, chance, 1 + below(chance, 30)),
  (text, chance) =>
    splice(text, below(chance, text.length), { remove: 0, insert: oneOf(chance, nasty).repeat(1 + below(chance, 400)) }),
  swapLines,
  dropLine,
  repeatLine,
];

/** A message with one to five things wrong with it. Binary strings: one character a byte. */
export function mutate(text: string, chance: Chance): string {
  let broken = text;
  for (let count = 1 + below(chance, 5); count > 0 && broken.length > 0; count--)
    broken = oneOf(chance, mutations)(broken, chance);
  return broken;
}

function splice(text: string, at: number, change: { remove: number; insert: string }): string {
  return text.slice(0, at) + change.insert + text.slice(at + change.remove);
}

function repeatPart(text: string, chance: Chance, times: number): string {
  const start = below(chance, text.length);
  const part = text.slice(start, start + 1 + below(chance, 60));
  return text.slice(0, start) + part.repeat(times) + text.slice(start);
}

function swapLines(text: string, chance: Chance): string {
  const lines = text.split('\r\n');
  const one = below(chance, lines.length);
  const other = below(chance, lines.length);
  const kept = lines[one] ?? '';
  lines[one] = lines[other] ?? '';
  lines[other] = kept;
  return lines.join('\r\n');
}

function dropLine(text: string, chance: Chance): string {
  const lines = text.split('\r\n');
  lines.splice(below(chance, lines.length), 1);
  return lines.join('\r\n');
}

function repeatLine(text: string, chance: Chance): string {
  const lines = text.split('\r\n');
  const at = below(chance, lines.length);
  const copies = Array.from({ length: oneOf(chance, [1, 1, 2, 10, 80, 300]) }, () => lines[at] ?? '');
  lines.splice(at, 0, ...copies);
  return lines.join('\r\n');
}

/** The bytes in pieces of every size, most of them small. */
export function* pieces(bytes: Buffer, chance: Chance): Generator<Buffer> {
  let start = 0;
  while (start < bytes.length) {
    const size = 1 + below(chance, oneOf(chance, [1, 3, 20, 200, 1500]));
    yield bytes.subarray(start, start + size);
    start += size;
  }
}
