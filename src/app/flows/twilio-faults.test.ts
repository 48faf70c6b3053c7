import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import type { FaultName } from '#testing/twilio/base/faults.ts';
import { energyAt, readWav } from '#testing/base/wav.ts';

// What goes wrong at Twilio itself, seen by a user of the house.
type Voicemail = { readonly id: string; readonly audio: string; readonly transcript: string | null };
type Message = {
  readonly id: string;
  readonly body: string;
  readonly state: string;
  readonly media: readonly { readonly state: string }[];
  readonly error: { readonly code: number | null; readonly message: string } | null;
};
type Page<Item> = { readonly items: readonly Item[]; readonly total: number };
type Drift = { readonly what: string; readonly field: string | null };

const limit = { timeout: 90_000 };
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2000, 7)]);
let at: TwilioHarness;

beforeAll(async () => {
  at = await TwilioHarness.start({ environment: { GOSIP_RING_SECONDS: '5' } });
  await at.house.api('PATCH', '/system/config/voicemail', { discardBelowSeconds: 1, transcription: 'twilio' });
});
afterEach(() => at.twilio.faults.clear());
afterAll(() => at[Symbol.asyncDispose]());

const happened = (name: FaultName) => at.twilio.faults.taken.filter((taken) => taken.name === name).length;
const voicemails = () => at.house.api<Page<Voicemail>>('GET', '/voicemails');
const messages = (query: string) => at.house.api<Page<Message>>('GET', `/messages?${query}`);
const send = (body: string) => at.house.api<Message>('POST', '/messages', { from: at.ours, to: at.theirs, body });
const ends = ({ id }: Message) =>
  waitFor('the end of a message', 60, async () => {
    const message = await at.house.api<Message>('GET', `/messages/${id}`);
    return ['delivered', 'undelivered', 'failed', 'unknown'].includes(message.state) ? message : undefined;
  });

describe('a voicemail', () => {
  test('whose transcript never comes is there with its audio', limit, async () => {
    at.twilio.faults.add({ name: 'transcription.never' });
    await at.leaveVoicemail(700);
    const message = await waitFor('the voicemail', 30, async () =>
      (await voicemails()).items.find(({ audio }) => audio === 'stored'),
    );
    await at.twilio.settled();
    expect(happened('transcription.never')).toBe(1);
    expect(message.transcript).toBeNull();
    expect(energyAt(readWav(await at.audio(`/voicemails/${message.id}/audio`)), 700)).toBeGreaterThan(0.9);
  });

  test('that Twilio did not keep is none, and the next one comes', limit, async () => {
    const before = await voicemails();
    at.twilio.faults.add({ name: 'recording.absent', count: 1 });
    await at.leaveVoicemail(800);
    await waitFor('the loss', 20, () => happened('recording.absent') === 1 || undefined);
    await at.twilio.settled();
    const call = await at.closedCall();
    expect(call.disposition).toBe('missed');
    expect((await voicemails()).total).toBe(before.total);

    await at.leaveVoicemail(900);
    await waitFor('the next voicemail', 30, async () => {
      const { items, total } = await voicemails();
      return total === before.total + 1 && items.every(({ audio }) => audio === 'stored') ? true : undefined;
    });
  });
});

describe('a text', () => {
  test.each([30003, 30007])('that a carrier stops (%i) is undelivered, in plain words', limit, async (code) => {
    const name = `sms.${code}` as 'sms.30003' | 'sms.30007';
    at.twilio.faults.add({ name, count: 1 });
    const message = await ends(await send(`Stopped with ${code}`));
    expect(happened(name)).toBe(1);
    expect(message).toMatchObject({ state: 'undelivered', error: { code } });
    expect(message.error?.message).toMatch(/[a-z ]{20,}/);
    expect(await ends(await send(`After ${code}`))).toMatchObject({ state: 'delivered', error: null });
  });

  test('goes out once where Twilio is slow', limit, async () => {
    at.twilio.faults.add({ name: 'rest.slow', endpoint: 'messages.create', delayMs: 3_000, count: 1 });
    const text = 'Slowly';
    expect(await ends(await send(text))).toMatchObject({ state: 'delivered' });
    expect(happened('rest.slow')).toBe(1);
    expect(at.twilio.messages.filter(({ body }) => body === text)).toHaveLength(1);
  });

  test('comes with its picture, although the host of pictures refuses our credentials', limit, async () => {
    at.twilio.faults.add({ name: 'media.cdn-rejects-auth-header' });
    await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'From afar', media: [{ contentType: 'image/png', bytes: png }] });
    const message = await waitFor('the picture', 30, async () => {
      const { items } = await messages('direction=inbound');
      return items.find(({ body, media }) => body === 'From afar' && media.every(({ state }) => state === 'stored'));
    });
    expect(happened('media.cdn-rejects-auth-header')).toBeGreaterThan(0);
    expect((await at.audio(`/messages/${message.id}/media/0`)).equals(png)).toBe(true);
  });
});

test('many texts of one second that were missed come once each', limit, async () => {
  // More than is asked for at a time.
  const texts = Array.from({ length: 230 }, (_, index) => `Page ${index}`);
  await at.whileStopped(async () => {
    for (const [index, body] of texts.entries())
      await at.twilio.sendSmsFrom(`+1415556${String(1000 + index)}`, at.ours, { body });
  });
  await waitFor('all texts', 60, async () => {
    const { total } = await messages('direction=inbound&text=Page&per_page=1');
    expect(total).toBeLessThanOrEqual(texts.length);
    return total === texts.length ? true : undefined;
  });
});

test('a number that was pointed elsewhere is shown, and set right again by setup', limit, async () => {
  at.twilio.faults.add({ name: 'number.url-drift', count: 1 });
  const look = async () => {
    await at.house.api('POST', '/system/setup/twilio/self-test', {});
    return (await at.house.api<{ drift: readonly Drift[] }>('GET', '/system/setup/twilio')).drift;
  };
  expect(await look()).toMatchObject([{ what: `number ${at.ours}`, field: 'voiceUrl' }]);
  expect(happened('number.url-drift')).toBe(1);
  const { parts } = await at.house.api<{ parts: { name: string; status: string }[] }>('GET', '/system/health');
  expect(parts.find(({ name }) => name === 'Twilio')?.status).not.toBe('ok');
  const alerts = async () =>
    (await at.house.api<{ open: { alertId: string }[] }>('GET', '/system/alerts')).open.map(({ alertId }) => alertId);
  expect(await alerts()).toContain('number-settings-drifted');
  const { steps } = await at.house.api<{ steps: { step: string; outcome: string }[] }>(
    'POST',
    '/system/setup/twilio/provision',
    {},
  );
  expect(steps).toContainEqual(expect.objectContaining({ step: `number ${at.ours}`, outcome: 'done' }));
  expect(await look()).toEqual([]);
  expect(await alerts()).not.toContain('number-settings-drifted');
});
