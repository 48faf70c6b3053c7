import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { HomeAssistantHarness } from '#testing/harness/home-assistant-harness.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';
import type { State } from '#testing/home-assistant/core-entities.ts';
import type { Baresip } from '#testing/peers/baresip.ts';

const words = 'Please call me back about the boat';
const watched = [
  'event.gosip_call',
  'event.kitchen_call',
  'event.anna_call',
  'event.anna_voicemail',
  'sensor.kitchen_call_state',
  'sensor.gosip_active_calls',
  'sensor.anna_new_voicemails',
];

describe.skipIf((await missingHomeAssistant()) !== undefined)('a call from outside, in Home Assistant', () => {
  let stack: AsyncDisposableStack;
  let harness: HomeAssistantHarness;
  let at: TwilioHarness;
  let kitchen: Baresip;
  let before = new Map<string, State>();
  let seen: State[] = [];
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    harness = stack.use(await HomeAssistantHarness.start());
    at = stack.use(await TwilioHarness.start({ environment: { ...harness.environment, GOSIP_RING_SECONDS: '5' } }));
    at.twilio.setTranscript(words);
    const settings = { discardBelowSeconds: 1, silenceSeconds: 2, transcription: 'twilio' };
    await at.house.api('PATCH', '/system/config/voicemail', settings);
    const login = await at.house.addDevice('21', { name: 'Kitchen', personId: at.personId });
    kitchen = await at.baresip(login, 440);
    await harness.showing('sensor.kitchen_call_state', 'idle');
    await harness.showing('sensor.anna_new_voicemails', '0');
    await harness.entities.onState(watched, (state) => seen.push(state));
  }, 240_000);
  afterAll(() => stack.disposeAsync());

  /** Nobody calls; from here on everything counts. */
  async function begin(): Promise<void> {
    await harness.showing('sensor.gosip_active_calls', '0');
    await harness.showing('sensor.kitchen_call_state', 'idle');
    before = await harness.entities.states();
    seen = [];
  }

  /** What an entity showed since then, one after another: the types of events, the states of the others. */
  const history = (entityId: string): string[] => {
    const own = seen.filter(({ entity_id: id }) => id === entityId);
    if (entityId.startsWith('event.')) return own.map(({ attributes }) => String(attributes['event_type']));
    // Attributes alone change too.
    const values = [before.get(entityId)?.state ?? '', ...own.map(({ state }) => state)];
    return values.filter((value, index) => index > 0 && value !== values[index - 1]);
  };
  const expectHistory = (entityId: string, values: string[]) =>
    expect.poll(() => history(entityId), { timeout: 10_000, message: entityId }).toEqual(values);
  const events = (type: string) => seen.filter(({ attributes }) => attributes['event_type'] === type);

  it('answered: events and states in their order, each once, with who called', async () => {
    await begin();
    const caller = at.twilio.callFrom(at.theirs, at.ours);
    await kitchen.waitForEvent('CALL_INCOMING');
    await harness.showing('sensor.kitchen_call_state', 'ringing');
    kitchen.accept();
    await harness.showing('sensor.kitchen_call_state', 'in_call');
    caller.hangUp();
    await caller.over;
    await harness.showing('sensor.gosip_active_calls', '0');
    await expectHistory('event.kitchen_call', ['incoming', 'answered', 'ended']);
    await expectHistory('event.gosip_call', ['incoming', 'answered', 'ended']);
    await expectHistory('event.anna_call', ['incoming', 'answered', 'ended']);
    await expectHistory('sensor.kitchen_call_state', ['ringing', 'in_call', 'idle']);
    await expectHistory('sensor.gosip_active_calls', ['1', '0']);
    for (const { attributes } of events('incoming'))
      expect(attributes).toMatchObject({ number: at.theirs, direction: 'inbound' });
    const ids = new Set(
      seen.filter(({ entity_id: id }) => id.startsWith('event.')).map(({ attributes }) => attributes['call_id']),
    );
    expect(ids.size).toBe(1);
    const lastCall = async () => (await harness.entities.state('sensor.gosip_last_call'))?.attributes;
    await expect.poll(lastCall, { timeout: 10_000 }).toMatchObject({ number: at.theirs, direction: 'inbound' });
  });

  it('missed: the caller hangs up while it rings', async () => {
    await begin();
    const caller = at.twilio.callFrom(at.theirs, at.ours);
    await waitFor('the ring there', 20, () => history('sensor.kitchen_call_state').includes('ringing') || undefined);
    caller.hangUp();
    await caller.over;
    await waitFor('the event', 10, () => history('event.kitchen_call').includes('missed') || undefined);
    await harness.showing('sensor.gosip_active_calls', '0');
    await expectHistory('event.kitchen_call', ['incoming', 'missed']);
    await expectHistory('event.gosip_call', ['incoming', 'missed']);
    await expectHistory('sensor.kitchen_call_state', ['ringing', 'idle']);
  });

  it('a voicemail: it is counted, and its transcript comes', async () => {
    await begin();
    await at.leaveVoicemail(500);
    await harness.showing('sensor.anna_new_voicemails', '1');
    await waitFor('its transcript', 30, () => history('event.anna_voicemail').includes('transcribed') || undefined);
    await expectHistory('event.anna_voicemail', ['received', 'transcribed']);
    expect(events('transcribed')[0]?.attributes).toMatchObject({ number: at.theirs, transcript: words });
    const shown = await waitFor('the transcript as an attribute', 10, async () => {
      const voicemails = (await harness.entities.state('sensor.anna_new_voicemails'))?.attributes['voicemails'];
      const [first] = Array.isArray(voicemails) ? (voicemails as Record<string, unknown>[]) : [];
      return first?.['transcript'] === words ? first : undefined;
    });
    expect(shown).toMatchObject({ transcript: words });
  }, 120_000);

  it('heard, it counts no more', async () => {
    seen = [];
    await harness.entities.act('button.press', 'button.anna_mark_all_heard');
    await harness.showing('sensor.anna_new_voicemails', '0');
    await waitFor('the event', 10, () => history('event.anna_voicemail').includes('heard') || undefined);
  });

  it('Home Assistant logged no error or warning about any of it', () => {
    expect(harness.complaints()).toEqual([]);
  });
});
