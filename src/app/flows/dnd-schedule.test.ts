import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHarness, origin } from '#testing/harness/app-harness.ts';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { wallClock } from '#base/wall-clock.ts';

const ours = '+14155550199';
const theirs = '+14155550123';
const stepMs = 600_000;
const everyDay = [1, 2, 3, 4, 5, 6, 7];

type State = { isOn: boolean; until: string | null; bySchedule: boolean; offUntil: string | null };
type Preview = { plan: { kind: string; reason?: string }; reasons: { code: string; params: Record<string, unknown> }[] };

/** Of which the clock stands at Thursday, 1 January 2026, 13:00 in Berlin. */
class Harness extends AppHarness {
  protected override options = { time_zone: 'Europe/Berlin' };

  static async start(): Promise<Harness> {
    const harness = new Harness('anna');
    const numbers = [{ phoneNumber: ours }];
    const twilio = await TwilioEmulator.start({ clock: harness.clock, voice: () => Promise.resolve(harness.voice), numbers });
    Object.assign(twilio.state.numberOf(ours) ?? {}, {
      sms_url: `${origin}/api/webhooks/sms/inbound`,
      sms_fallback_url: `${origin}/api/webhooks/sms/fallback`,
    });
    await harness.begin(twilio, ['anna', 'ben']);
    await harness.json('POST', '/dids', { number: ours, ownerPersonId: harness.idOf('anna') });
    await harness.json('POST', '/devices', { name: 'Desk', type: 'softphone', personId: harness.idOf('anna') });
    return harness;
  }

  idOf(name: string): string {
    return this.persons.get(name)?.id ?? '';
  }

  async mine(): Promise<State | undefined> {
    return (await this.json<{ persons: State[] }>('GET', '/dnd', undefined, 'anna')).persons[0];
  }

  /** What is reported of do not disturb from now on. */
  async listen(signal: AbortSignal): Promise<() => readonly unknown[]> {
    const { body } = await this.fetch('/events', 'anna', { signal });
    let seen = '';
    const read = async () => {
      for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) seen += chunk;
    };
    read().catch(() => {});
    return () =>
      [...seen.matchAll(/event: dnd\.changed\ndata: (.*)/g)].map(([, data = '']) => {
        const { of, isOn, until, bySchedule } = JSON.parse(data) as Record<string, unknown>;
        return [of, isOn, until, bySchedule];
      });
  }

  /** In steps between which connections are closed that were idle for too long: all that happens in hours takes seconds. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await setImmediate();
    }
  }

  preview(at?: string): Promise<Preview> {
    return this.json<Preview>('POST', '/routes/preview', { caller: { number: theirs }, called: ours, at });
  }
}

describe('a schedule of do not disturb', () => {
  let harness: Harness;
  let own: string;
  beforeAll(async () => {
    harness = await Harness.start();
    own = `/dnd/persons/${harness.idOf('anna')}`;
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const nights = { entries: [{ days: [4, 5], from: '22:00', to: '07:00' }] };
  const night = '2026-01-01T22:30:00Z';
  const morning = '2026-01-02T06:00:00.000Z';

  it('is a person’s own and an administrator’s to see and to change, and the house’s an administrator’s alone', async () => {
    const saved = { entries: [{ days: [4, 5], from: '22:00', to: '07:00', isOn: true }], timeZone: 'Europe/Berlin' };
    expect(await harness.json('PUT', `${own}/schedule`, nights, 'anna')).toEqual(saved);
    expect(await harness.json('GET', `${own}/schedule`)).toEqual(saved);
    expect(await harness.status('GET', `${own}/schedule`, undefined, 'ben')).toBe(404);
    expect(await harness.status('PUT', `${own}/schedule`, nights, 'ben')).toBe(404);
    expect(await harness.status('PUT', '/dnd/house/schedule', nights, 'anna')).toBe(403);
    expect(await harness.json('GET', '/dnd/house/schedule', undefined, 'anna')).toEqual({ ...saved, entries: [] });
  });

  it('that leaves no time of the week free is refused, with what to do instead', async () => {
    const entries = [
      { days: everyDay, from: '08:00', to: '20:00' },
      { days: everyDay, from: '19:00', to: '09:00' },
    ];
    const headers = { 'Content-Type': 'application/json' };
    const response = await harness.fetch(`${own}/schedule`, 'anna', {
      method: 'PUT',
      headers,
      body: JSON.stringify({ entries }),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('must leave a time of the week free');
  });

  it('is what the preview of a call at its time goes by, and at no other', async () => {
    const asleep = await harness.preview(night);
    expect(asleep.plan).toMatchObject({ kind: 'voicemail', reason: 'dnd' });
    expect(asleep.reasons).toMatchObject([{ code: 'default' }, { code: 'dnd-person', params: { until: Date.parse(morning) } }]);
    for (const at of [morning, '2026-01-03T22:30:00Z', undefined])
      expect((await harness.preview(at)).plan).toMatchObject({ reason: 'offline' });
  });

  it('begins by itself and says so, stays off when it is switched off, and is on again the next night, also over restarts', async () => {
    const leave = new AbortController();
    let heard = await harness.listen(leave.signal);
    await harness.pass(9 * 3_600_000 - 1);
    expect([await harness.mine(), heard()]).toMatchObject([{ isOn: false }, []]);
    harness.clock.advance(1);
    expect(await harness.mine()).toMatchObject({ isOn: true, until: morning, bySchedule: true, offUntil: null });
    harness.clock.advance(5_000);
    await expect.poll(heard).toEqual([['person', true, morning, true]]);
    leave.abort();
    await harness.close();
    await harness.open();
    const leaveAgain = new AbortController();
    heard = await harness.listen(leaveAgain.signal);
    expect(await harness.mine()).toMatchObject({ isOn: true, until: morning, bySchedule: true });

    expect(await harness.json('PUT', own, { isOn: false }, 'anna')).toEqual({
      isOn: false,
      until: null,
      bySchedule: false,
      offUntil: morning,
    });
    await expect.poll(heard).toEqual([['person', false, null, false]]);
    leaveAgain.abort();
    await harness.close();
    await harness.open();
    expect(await harness.mine()).toMatchObject({ isOn: false, offUntil: morning });
    expect((await harness.preview()).plan).toMatchObject({ reason: 'offline' });
    expect((await harness.preview('2026-01-02T21:00:00Z')).plan).toMatchObject({ reason: 'dnd' });
    await harness.json(
      'PUT',
      `${own}/schedule`,
      { entries: [...nights.entries, { days: [7], from: '12:00', to: '14:00' }] },
      'anna',
    );
    expect(await harness.mine()).toMatchObject({ isOn: false, offUntil: morning });
  });

  it('of the house keeps calls from outside from ringing', async () => {
    await harness.json('PUT', '/dnd/house/schedule', { entries: [{ days: [6], from: '00:00', to: '00:00' }] });
    const { reasons } = await harness.preview('2026-01-03T12:00:00Z');
    expect(reasons).toMatchObject([{ code: 'dnd-house', params: { until: Date.parse('2026-01-03T23:00:00.000Z') } }]);
    await harness.json('PUT', '/dnd/house/schedule', { entries: [] });
    expect((await harness.preview('2026-01-03T12:00:00Z')).plan).toMatchObject({ reason: 'offline' });
  });
});

describe('a call at a scheduled time', { timeout: 240_000 }, () => {
  let at: TwilioHarness;
  beforeAll(async () => {
    at = await TwilioHarness.start();
  }, 240_000);
  afterAll(() => at?.[Symbol.asyncDispose]());

  it('goes to voicemail without a ring; switched off for this night by hand, the phone rings', async () => {
    const kitchen = await at.phone('21', 440);
    const rung = () => kitchen.events.filter(({ type }) => type === 'CALL_INCOMING').length;
    const own = `/dnd/persons/${at.personId}`;
    const { timeZone } = await at.house.api<{ timeZone: string }>('GET', `${own}/schedule`);
    const clockAfter = (hours: number) =>
      new Date(wallClock(Date.now() + hours * 3_600_000, timeZone)).toISOString().slice(11, 16);
    await at.house.api('PUT', `${own}/schedule`, { entries: [{ days: everyDay, from: clockAfter(-2), to: clockAfter(2) }] });
    await at.leaveVoicemail(500);
    expect(await at.closedCall()).toMatchObject({ disposition: 'voicemail', reason: 'dnd' });
    expect(rung()).toBe(0);

    expect(await at.house.api('PUT', own, { isOn: false })).toMatchObject({ isOn: false, offUntil: expect.any(String) });
    const caller = at.twilio.callFrom(at.theirs, at.ours);
    await waitFor('a ring', 30, () => rung() === 1 || undefined);
    caller.hangUp();
    await caller.over;
  });
});
