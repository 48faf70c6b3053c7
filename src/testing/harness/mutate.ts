import { seededRandom } from '#testing/base/seeded-random.ts';

// Owns the making of broken messages for tests, always the same ones for the same seed.
// Called by the tests of everything that reads bytes from the network.
// Must stay true: no other source of chance, so that a failure can be run again from its seed.

/** A number from 0 (included) to 1 (excluded). */
export type Rng = () => number;

export function createRng(seed: number): Rng {
  const whole = seededRandom(seed);
  return () => whole(4_294_967_296) / 4_294_967_296;
}

export function randomBelow(rng: Rng, limit: number): number {
  return Math.floor(rng() * limit);
}

export function pickOne<T>(rng: Rng, choices: readonly T[]): T {
  const chosen = choices[randomBelow(rng, choices.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

const hostileFragments = [
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

type Mutation = (text: string, rng: Rng) => string;

const mutations: readonly Mutation[] = [
  (text, rng) => splice(text, randomBelow(rng, text.length), { remove: 1, insert: String.fromCharCode(randomBelow(rng, 256)) }),
  (text, rng) => splice(text, randomBelow(rng, text.length), { remove: 0, insert: pickOne(rng, hostileFragments) }),
  (text, rng) => splice(text, randomBelow(rng, text.length), { remove: 1 + randomBelow(rng, 40), insert: '' }),
  (text, rng) =>
    splice(text, randomBelow(rng, text.length), { remove: 1 + randomBelow(rng, 4), insert: pickOne(rng, hostileFragments) }),
  (text, rng) => text.slice(0, randomBelow(rng, text.length)),
  (text, rng) => text.slice(randomBelow(rng, Math.min(text.length, 60))),
  (text, rng) => repeatPart(text, rng, 1 + randomBelow(rng, 30)),
  (text, rng) =>
    splice(text, randomBelow(rng, text.length), {
      remove: 0,
      insert: pickOne(rng, hostileFragments).repeat(1 + randomBelow(rng, 400)),
    }),
  swapLines,
  dropLine,
  repeatLine,
];

/** A message with one to five things wrong with it. Binary strings: one character a byte. */
export function mutate(text: string, rng: Rng): string {
  let broken = text;
  for (let count = 1 + randomBelow(rng, 5); count > 0 && broken.length > 0; count--)
    broken = pickOne(rng, mutations)(broken, rng);
  return broken;
}

function splice(text: string, at: number, change: { remove: number; insert: string }): string {
  return text.slice(0, at) + change.insert + text.slice(at + change.remove);
}

function repeatPart(text: string, rng: Rng, times: number): string {
  const start = randomBelow(rng, text.length);
  const part = text.slice(start, start + 1 + randomBelow(rng, 60));
  return text.slice(0, start) + part.repeat(times) + text.slice(start);
}

function swapLines(text: string, rng: Rng): string {
  const lines = text.split('\r\n');
  const one = randomBelow(rng, lines.length);
  const other = randomBelow(rng, lines.length);
  const kept = lines[one] ?? '';
  lines[one] = lines[other] ?? '';
  lines[other] = kept;
  return lines.join('\r\n');
}

function dropLine(text: string, rng: Rng): string {
  const lines = text.split('\r\n');
  lines.splice(randomBelow(rng, lines.length), 1);
  return lines.join('\r\n');
}

function repeatLine(text: string, rng: Rng): string {
  const lines = text.split('\r\n');
  const at = randomBelow(rng, lines.length);
  const copies = Array.from({ length: pickOne(rng, [1, 1, 2, 10, 80, 300]) }, () => lines[at] ?? '');
  lines.splice(at, 0, ...copies);
  return lines.join('\r\n');
}

/** The bytes in pieces of every size, most of them small. */
export function* pieces(bytes: Buffer, rng: Rng): Generator<Buffer> {
  let start = 0;
  while (start < bytes.length) {
    const size = 1 + randomBelow(rng, pickOne(rng, [1, 3, 20, 200, 1500]));
    yield bytes.subarray(start, start + size);
    start += size;
  }
}
