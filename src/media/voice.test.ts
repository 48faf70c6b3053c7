import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Phrase } from '#calls/phrase.ts';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { RtpEar } from '#testing/peers/rtp-ear.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { decode, encode } from './g711.ts';
import { promptFile } from './prompt-files.ts';
import { Voice } from './voice.ts';
import type { VoiceOptions } from './voice.ts';

const log = createLog({ level: 'silent' });
const options: VoiceOptions = { address: '127.0.0.1', ports: { min: 31_100, max: 31_199 }, language: 'de', country: 'DE' };
const prompt = (name: Parameters<typeof promptFile>[1]) => readFileSync(promptFile('de', name));
const say = (name: 'not-permitted' | 'taken'): Phrase => ({ kind: 'prompt', name });

/** A tenth of a second of the key 4. */
const dtmf4 = Int16Array.from({ length: 1600 }, (_, at) =>
  at < 800 ? 6000 * (Math.sin((2 * Math.PI * 770 * at) / 8000) + Math.sin((2 * Math.PI * 1209 * at) / 8000)) : 0,
);
const clock = new FakeClock();
const keys: string[] = [];
let voice: Voice;
let ear: RtpEar;

/** Time goes on, packet by packet, so that no socket buffer overflows. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 200) await clock.advanceAsync(200);
}

const openEnd = async () => {
  const end = await voice.open({ key: (digit) => keys.push(digit) });
  if (end === undefined) throw new Error('No end was opened');
  return end;
};

beforeEach(async () => {
  keys.length = 0;
  voice = new Voice({ clock, log, options });
  ear = await RtpEar.open();
});

afterEach(() => {
  voice.stop();
  ear.close();
});

describe('the voice of the house', () => {
  test('is heard word for word, in µ-law and in A-law', async () => {
    for (const [types, law] of [
      ['0 101', 'PCMU'],
      ['8 101', 'PCMA'],
    ] as const) {
      const far = await RtpEar.open();
      const end = await openEnd();
      expect(end.answer(far.sdp({ types }))).toContain('a=sendrecv');
      const done = vi.fn();
      end.play([say('not-permitted')], done);
      const words = prompt('not-permitted');
      await vi.waitFor(async () => {
        await pass(200);
        expect(done).toHaveBeenCalled();
      });
      const expected = law === 'PCMU' ? words : encode('PCMA', decode('PCMU', words));
      // After a moment in which the phone opens its loudspeaker.
      await vi.waitFor(() => expect(far.heard.indexOf(expected)).toBeGreaterThanOrEqual(1280));
      far.close();
      end.close();
    }
  });

  test('speaks digits, rings without end, and stops at once', async () => {
    const end = await openEnd();
    end.answer(ear.sdp());
    end.play([
      { kind: 'number', digits: '+49 30' },
      { kind: 'tone', tone: 'ringback' },
    ]);
    await vi.waitFor(async () => {
      await pass(1000);
      expect(ear.packets.length).toBeGreaterThan(600);
    });
    const spoken = Buffer.concat([prompt('4'), prompt('9'), prompt('3'), prompt('0')]);
    expect(ear.heard.indexOf(spoken)).toBeGreaterThanOrEqual(0);
    const before = ear.packets.length;
    end.silence();
    await pass(1000);
    await vi.waitFor(() => expect(ear.packets.length).toBeGreaterThanOrEqual(before + 40));
    const after = ear.packets.slice(-30);
    expect(after.every(({ payload }) => payload.every((code) => code === 0xff))).toBe(true);
  });

  test('hears the keys of the far side once each, and those of nobody else', async () => {
    const end = await openEnd();
    const answer = end.answer(ear.sdp()) ?? '';
    const stranger = await RtpEar.open({ address: '127.0.0.2' });
    stranger.press('9', answer, 100);
    ear.press('4', answer, 4000);
    ear.press('#', answer, 9000);
    await vi.waitFor(() => expect(keys).toEqual(['4', '#']));
    end.key('7');
    end.key('no key');
    expect(keys).toEqual(['4', '#', '7']);
    stranger.close();
  });

  test('hears keys as tones where the far side has no telephone events, and only there', async () => {
    const [end, other] = [await openEnd(), await openEnd()];
    ear.say(dtmf4, end.answer(ear.sdp({ types: '8' })) ?? '', 8);
    await vi.waitFor(() => expect(keys).toEqual(['4']));
    ear.say(dtmf4, other.answer(ear.sdp()) ?? '', 0);
    ear.press('#', other.offer(), 4000);
    await vi.waitFor(() => expect(keys).toEqual(['4', '#']));
  });

  test('is silent in the first moment: whoever is handed on at once hears one source alone', async () => {
    const [end, handedOn] = [await openEnd(), await openEnd()];
    const other = await RtpEar.open();
    handedOn.answer(other.sdp());
    handedOn.play([say('taken')]);
    end.answer(ear.sdp());
    end.play([say('taken')]);
    await pass(200);
    handedOn.close();
    await pass(400);
    await vi.waitFor(() => expect(ear.packets.length).toBeGreaterThan(5));
    expect(other.packets).toEqual([]);
    other.close();
    end.close();
  });

  test('is sent to where the last description says, and to nobody once the call is over', async () => {
    const end = await openEnd();
    end.answer(ear.sdp());
    await pass(400);
    const other = await RtpEar.open();
    expect(end.offer()).toContain('m=audio');
    expect(end.accept(other.sdp())).toBe(true);
    await vi.waitFor(() => expect(ear.packets.length).toBeGreaterThan(5));
    const before = ear.packets.length;
    await vi.waitFor(async () => {
      await pass(200);
      expect(other.packets.length).toBeGreaterThan(5);
    });
    expect(ear.packets).toHaveLength(before);
    end.close();
    const heard = other.packets.length;
    await pass(400);
    expect(other.packets).toHaveLength(heard);
    expect(voice.size).toBe(0);
    other.close();
  });

  test('has no answer for a far side without G.711', async () => {
    const end = await openEnd();
    expect(end.answer(ear.sdp({ types: '9' }))).toBeUndefined();
    expect(end.accept(ear.sdp({ types: '9' }))).toBe(false);
  });

  test('keeps to its ports, and gives them back', async () => {
    const small = new Voice({ clock, log, options: { ...options, ports: { min: 31_201, max: 31_206 } } });
    const first = await small.open({ key: () => {} });
    const second = await small.open({ key: () => {} });
    expect([first?.offer(), second?.offer()].map((sdp) => /m=audio (\d+)/.exec(sdp ?? '')?.[1])).toEqual(['31202', '31204']);
    expect(await small.open({ key: () => {} })).toBeUndefined();
    first?.close();
    await vi.waitFor(async () => expect(await small.open({ key: () => {} })).toBeDefined());
    small.stop();
  });

  test.each([
    ['that the call cannot be taken', 'cannot-be-taken', undefined],
    ['that help is needed, of an alarm', 'call-for-help', 'call-for-help'],
    ['nothing but the words behind it, where it may be left out', 'taken-by-another', 'nothing'],
  ] as const)('says %s where no program speaks its text', async (_what, heard, otherwise) => {
    const mute = new Voice({ clock: systemClock, log, options: { ...options, synthesizer: '/nonexistent/espeak-ng' } });
    const end = await mute.open({ key: () => {} });
    end?.answer(ear.sdp());
    const text = { kind: 'text', text: 'Wir sind im Urlaub', language: 'de-DE' } as const;
    end?.play([otherwise === undefined ? text : { ...text, otherwise }, { kind: 'prompt', name: 'taken-by-another' }]);
    const words = prompt(heard).subarray(0, 4000);
    await vi.waitFor(() => expect(ear.heard.indexOf(words)).toBeGreaterThanOrEqual(0), { timeout: 10_000 });
    mute.stop();
  });
});
