import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { toneWav } from '#testing/base/wav.ts';
import { House } from '#testing/harness/house.ts';
import { waitFor } from '#testing/harness/twilio-harness.ts';
import { HomeAssistantHarness } from '#testing/harness/home-assistant-harness.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';
import { WyomingStt } from '#testing/home-assistant/wyoming-stt.ts';

// What the house learns from a real Home Assistant, and what it tells there.
const ours = '+14155550199';
const bedtime = 'input_boolean.bedtime';
const flows = '/api/config/config_entries/flow';

type Flow = { readonly flow_id: string; readonly type: string; readonly result?: { readonly entry_id: string } };
type Preview = { readonly plan: { readonly kind: string } };
type Voicemails = { readonly items: readonly { readonly transcript: string | null }[] };
type Notification = { readonly notification_id: string; readonly title: string; readonly message: string };

/** A message that was left before the house began, with two seconds of sound. */
function plantVoicemail(folder: string): void {
  const audio = toneWav({ frequency: 440, seconds: 2 });
  const at = Date.now() - 60_000;
  const { db } = openDatabase({ path: join(folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: new FakeClock(at) });
  db.prepare(
    `INSERT INTO recordings (id, kind, source, external_id, state, started_at, seconds, bytes, changed_at)
     VALUES ('rec_1', 'voicemail', 'twilio', 'RE1', 'stored', ?, 2, ?, ?)`,
  ).run(at, audio.length, at);
  db.prepare(
    `INSERT INTO voicemails (id, recording_id, caller_number, caller_name, left_at, is_resolved, is_shown)
     VALUES ('vm_1', 'rec_1', '+14155550123', '', ?, 1, 1)`,
  ).run(at);
  db.close();
  mkdirSync(join(folder, 'voicemail'));
  writeFileSync(join(folder, 'voicemail', 'rec_1.wav'), audio);
}

describe.skipIf((await missingHomeAssistant()) !== undefined)('a house beside a real Home Assistant', () => {
  let stack: AsyncDisposableStack;
  let harness: HomeAssistantHarness;
  let house: House;
  let engine: WyomingStt;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    harness = stack.use(await HomeAssistantHarness.start());
    engine = stack.use(await WyomingStt.start());
    const dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-core-'));
    stack.defer(() => rmSync(dataDirectory, { recursive: true, force: true }));
    plantVoicemail(dataDirectory);
    const { url, token } = harness.core;
    const environment = { GOSIP_HOME_ASSISTANT_URL: url, GOSIP_HOME_ASSISTANT_TOKEN: token, GOSIP_MEDIA: 'direct' };
    house = await House.start({ dataDirectory, environment });
    stack.defer(() => house[Symbol.asyncDispose]());
    stack.defer(async () => {
      await turn('off');
    });
  }, 240_000);
  afterAll(() => stack.disposeAsync());

  const client = () => harness.entities.client;
  const turn = (state: 'on' | 'off') =>
    client().command({
      type: 'call_service',
      domain: 'input_boolean',
      service: `turn_${state}`,
      service_data: { entity_id: bedtime },
    });
  const planned = (kind: string) =>
    waitFor(`the plan ${kind}`, 30, async () => {
      const question = { caller: { number: '+14155550123' }, called: ours };
      return (await house.api<Preview>('POST', '/routes/preview', question)).plan.kind === kind || undefined;
    });

  /** Home Assistant has to be told where the engine is, as a person does by the integration. */
  async function addEngine(): Promise<void> {
    const form = await client().rest<Flow>('POST', flows, { handler: 'wyoming' });
    const done = await client().rest<Flow>('POST', `${flows}/${form.flow_id}`, { host: '127.0.0.1', port: engine.port });
    expect(done.type).toBe('create_entry');
    const entry = `/api/config/config_entries/entry/${done.result?.entry_id}`;
    stack.defer(async () => {
      await client().rest('DELETE', entry);
    });
  }

  it('takes over the time zone by beginning anew', async () => {
    type Settings = { readonly timeZone: string };
    await waitFor('the time zone', 60, async () => {
      const settings = await house.api<Settings>('GET', '/routing/settings').catch(() => undefined);
      return settings?.timeZone === 'Europe/Berlin' || undefined;
    });
  }, 120_000);

  it('decides by a switch there, also after Home Assistant has restarted', async () => {
    const { id } = await house.api<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna' });
    const numberId = (await house.api<{ id: string }>('POST', '/dids', { number: ours, ownerPersonId: id })).id;
    const states = [{ entityId: bedtime, value: 'on', fallback: 'no-match' }];
    const rule = { numberId, name: 'Bedtime', conditions: { states }, action: { kind: 'reject', tone: 'busy' } };
    await house.api('POST', '/routes', rule);
    await turn('off');
    await planned('voicemail');
    await turn('on');
    await planned('reject');
    await harness.restartCore();
    await turn('off');
    await planned('voicemail');
    await turn('on');
    await planned('reject');
  }, 120_000);

  it('has a voicemail put into words by a speech-to-text engine there', async () => {
    engine.text = 'The parcel is at the door.';
    await addEngine();
    await house.api('PATCH', '/system/config/voicemail', { transcription: 'home-assistant' });
    await waitFor('the transcript', 90, async () => {
      const { items } = await house.api<Voicemails>('GET', '/voicemails');
      return items[0]?.transcript === 'The parcel is at the door.' || undefined;
    });
    const [heard] = engine.heard;
    expect(heard).toMatchObject({ rate: 16_000, width: 2, channels: 1, language: 'en' });
    // Two seconds, without the head of a file.
    expect(heard?.audio.length).toBe(64_000);
    expect(heard?.audio.toString('latin1', 0, 4)).not.toBe('RIFF');
  }, 150_000);

  it('tells there of a login that somebody guesses', async () => {
    for (let guess = 0; guess < 6; guess += 1) {
      await house.api('POST', '/auth/login', { username: 'anna', password: `guess ${guess}` }).catch(() => {});
    }
    const found = await waitFor('the notification', 90, async () => {
      const all = await client().command<Notification[]>({ type: 'persistent_notification/get' });
      return all.find(({ notification_id: id, title }) => id.startsWith('gosip_') && title.startsWith('GoSIP: '));
    });
    expect(found.message).not.toBe('');
    await client().command({
      type: 'call_service',
      domain: 'persistent_notification',
      service: 'dismiss',
      service_data: { notification_id: found.notification_id },
    });
  }, 120_000);

  it('leaves nothing for Home Assistant to complain about', () => {
    expect(harness.complaints()).toEqual([]);
  });
});
