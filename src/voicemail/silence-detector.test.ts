import { describe, expect, it } from 'vitest';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { encode } from '#media/g711.ts';
import { wavFile } from '#testing/twilio/base/wav-file.ts';
import { SilenceDetector } from './silence-detector.ts';

const rate = 8000;
const seconds = 4;
/** The level of the samples' root mean square, relative to full scale. */
const level = (decibels: number): number => 32_768 * 10 ** (decibels / 20);

type Sound = (at: number) => number;
const random = seededRandom(7);
const noise =
  (decibels: number): Sound =>
  () =>
    // The sum of twelve is close to what a line makes; its deviation is 1.
    level(decibels) * (Array.from({ length: 12 }, () => random(10_000) / 10_000).reduce((sum, one) => sum + one, 0) - 6);
const tone =
  (decibels: number, frequency = 200): Sound =>
  (at) =>
    level(decibels) * Math.SQRT2 * Math.sin((2 * Math.PI * frequency * at) / rate);
const only =
  (sound: Sound, from: number, length: number): Sound =>
  (at) => {
    const time = at / rate;
    return time >= from && time < from + length ? sound(at) : 0;
  };
const sum =
  (...sounds: readonly Sound[]): Sound =>
  (at) =>
    sounds.reduce((all, sound) => all + sound(at), 0);
/** Syllables of 200 ms, a gap of 100 ms between them, a word of three now and then. */
const speech =
  (decibels: number): Sound =>
  (at) => {
    const time = (at / rate) % 2;
    const isSyllable = time < 0.9 && time % 0.3 < 0.2;
    return isSyllable ? tone(decibels, 140)(at) * Math.sin((Math.PI * (time % 0.3)) / 0.2) : 0;
  };

const samplesOf = (sound: Sound): Int16Array =>
  Int16Array.from({ length: seconds * rate }, (_, at) => Math.max(-32_768, Math.min(32_767, Math.round(sound(at)))));

/** The same file in G.711. */
function inLaw(samples: Int16Array, law: 'PCMU' | 'PCMA'): Buffer {
  const bytes = encode(law, samples);
  const head = wavFile([new Int16Array(0)]).subarray(0, 44);
  head.writeUInt16LE(law === 'PCMU' ? 7 : 6, 20);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.writeUInt32LE(bytes.length, 40);
  return Buffer.concat([head, bytes]);
}

function isSilent(file: Buffer, pieceBytes = 4096): boolean {
  const loudness = new SilenceDetector();
  for (let at = 0; at < file.length; at += pieceBytes) loudness.write(file.subarray(at, at + pieceBytes));
  return loudness.isSilent;
}

describe.each([
  ['16-bit PCM', (samples: Int16Array) => wavFile([samples])],
  ['two channels', (samples: Int16Array) => wavFile([new Int16Array(samples.length), samples])],
  ['mu-law', (samples: Int16Array) => inLaw(samples, 'PCMU')],
  ['A-law', (samples: Int16Array) => inLaw(samples, 'PCMA')],
] as const)('in %s', (_format, file) => {
  it.each<[string, Sound]>([
    ['nothing at all', () => 0],
    ['the noise of a line', noise(-60)],
    ['comfort noise', noise(-54)],
    ['a constant offset of a bad converter', () => 900],
    ['an offset that moves', (at) => 900 + at / 100],
    ['one click, as of a receiver put down', only(tone(-10, 900), 2, 0.03)],
    ['a click at each end, in noise', sum(only(tone(-6, 900), 0.1, 0.02), only(tone(-6, 900), 3.9, 0.02), noise(-60))],
    ['hum of the mains', tone(-53, 50)],
  ])('silence: %s', (_what, sound) => {
    expect(isSilent(file(samplesOf(sound)))).toBe(true);
  });

  it.each<[string, Sound]>([
    ['a voice as usual', speech(-26)],
    ['a quiet voice', speech(-40)],
    ['a whisper in the noise of a line', sum(speech(-44), noise(-62))],
    ['one short word', only(tone(-30, 160), 1.5, 0.15)],
    ['a word on top of an offset', sum(() => 900, only(tone(-30, 160), 1.5, 0.15))],
    ['a television in the next room', noise(-42)],
    ['a word at the very end', only(tone(-30, 160), seconds - 0.16, 0.16)],
  ])('speech: %s', (_what, sound) => {
    expect(isSilent(file(samplesOf(sound)))).toBe(false);
  });

  it.each([1, 7, 45, 60_000])('in pieces of %i bytes it is the same', (pieceBytes) => {
    expect(isSilent(file(samplesOf(() => 0)), pieceBytes)).toBe(true);
    expect(isSilent(file(samplesOf(speech(-40))), pieceBytes)).toBe(false);
  });
});

describe('what cannot be looked through is taken for a message', () => {
  const silence = wavFile([new Int16Array(rate)]);
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no WAV file', Buffer.from('{"status":"completed"}')],
    ['a file of zeros', Buffer.alloc(200_000)],
    ['24-bit PCM', Buffer.from(silence).fill(24, 34, 35)],
    ['less than a frame', wavFile([new Int16Array(100)])],
  ])('%s', (_what, file) => {
    expect(isSilent(file)).toBe(false);
  });

  it('and what follows the audio data is not part of it', () => {
    const chunk = Buffer.concat([Buffer.from('LIST', 'latin1'), Buffer.from([0x40, 0x1f, 0, 0]), Buffer.alloc(8000, 0x55)]);
    expect(isSilent(Buffer.concat([silence, chunk]))).toBe(true);
  });
});
