import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '#testing/harness/twilio-harness.ts';
import { CoreEntities } from '#testing/home-assistant/core-entities.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';
import { MqttObserver } from '#testing/home-assistant/mqtt-observer.ts';
import { sharedHomeAssistant } from '#testing/home-assistant/shared.ts';
import type { SharedHomeAssistant } from '#testing/home-assistant/shared.ts';

const lamp = {
  device: { identifiers: ['lamp'], name: 'Lamp' },
  origin: { name: 'test' },
  components: {
    light: {
      platform: 'switch',
      name: 'Light',
      unique_id: 'lamp_light',
      default_entity_id: 'switch.lamp_light',
      state_topic: 'lamp/light',
      command_topic: 'lamp/light/set',
    },
  },
};

describe.skipIf((await missingHomeAssistant()) !== undefined)('Home Assistant with a broker', () => {
  let shared: SharedHomeAssistant;
  let stack: AsyncDisposableStack;
  let observer: MqttObserver;
  let entities: CoreEntities;
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    shared = await sharedHomeAssistant();
    observer = stack.use(await MqttObserver.connect(shared.broker));
    entities = new CoreEntities(stack.use(await shared.core.connect()));
  }, 240_000);
  afterAll(() => stack.disposeAsync());

  it('shows a device of a discovery message, switches it, and forgets it with the message', async () => {
    await observer.publish('homeassistant/device/lamp/config', lamp, { retain: true });
    await observer.publish('lamp/light', 'OFF', { retain: true });
    const isShown = (state: string) => async () => (await entities.state('switch.lamp_light'))?.state === state || undefined;
    await waitFor('the switch', 20, isShown('off'));
    await entities.act('switch.turn_on', 'switch.lamp_light');
    await expect.poll(() => observer.on('lamp/light/set')).toEqual(['ON']);
    await observer.publish('lamp/light', 'ON', { retain: true });
    await waitFor('the switch on', 20, isShown('on'));
    expect((await entities.mqttDevices()).get('lamp')?.name).toBe('Lamp');
    await observer.clearRetained();
    await waitFor('no device', 20, async () => !(await entities.mqttDevices()).has('lamp') || undefined);
  });

  it('reports what was wrong with a message', async () => {
    await observer.publish('homeassistant/device/bad/config', { device: { name: 'Bad' } }, { retain: true });
    await waitFor(
      'an entry of its log',
      20,
      () => shared.core.log().some(({ logger, message }) => logger.includes('mqtt') && message.includes('bad')) || undefined,
    );
    await observer.clearRetained();
  });
});
