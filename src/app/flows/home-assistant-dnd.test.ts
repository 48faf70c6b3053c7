import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { HomeAssistantHarness } from '#testing/harness/home-assistant-harness.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';

const tone = 500;

describe.skipIf((await missingHomeAssistant()) !== undefined)('do not disturb in Home Assistant', () => {
  let stack: AsyncDisposableStack;
  let harness: HomeAssistantHarness;
  let at: TwilioHarness;
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    harness = stack.use(await HomeAssistantHarness.start());
    at = stack.use(await TwilioHarness.start({ environment: harness.environment }));
  }, 240_000);
  afterAll(() => stack.disposeAsync());

  it('switched on there, the next call goes to voicemail without a ring; switched off, the phone rings', async () => {
    const kitchen = await at.phone('21', 440);
    const rung = () => kitchen.events.filter(({ type }) => type === 'CALL_INCOMING').length;
    await harness.showing('switch.anna_dnd', 'off');
    await harness.entities.act('switch.turn_on', 'switch.anna_dnd');
    await harness.showing('switch.anna_dnd', 'on', 5);
    await at.leaveVoicemail(tone);
    expect(await at.closedCall()).toMatchObject({ disposition: 'voicemail' });
    expect(rung()).toBe(0);

    await harness.entities.act('switch.turn_off', 'switch.anna_dnd');
    await harness.showing('switch.anna_dnd', 'off', 5);
    const caller = at.twilio.callFrom(at.theirs, at.ours);
    await waitFor('a ring', 20, () => rung() === 1 || undefined);
    caller.hangUp();
    await caller.over;
  });

  it.each([
    { of: 'exchange', entityId: 'switch.gosip_dnd', path: () => '/dnd/house' },
    { of: 'person', entityId: 'switch.anna_dnd', path: () => `/dnd/persons/${at.personId}` },
  ])('switched in the house, Home Assistant shows it at once: $of', async ({ entityId, path }) => {
    await at.house.api('PUT', path(), { isOn: true });
    await harness.showing(entityId, 'on', 5);
    await at.house.api('PUT', path(), { isOn: false });
    await harness.showing(entityId, 'off', 5);
  });

  it('Home Assistant logged no error or warning about any of it', () => {
    expect(harness.complaints()).toEqual([]);
  });
});
