import { setTimeout } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import type { MqttClient } from 'mqtt';
import { House } from '../src/testing/harness/house.ts';
import { Mosquitto } from '../src/testing/home-assistant/mosquitto.ts';
import { percentile } from './load.ts';
import type { Row } from './row.ts';

const phones = 50;
const changes = 500;
/** What a house has compiled that has been running for a while. */
const warmUp = 50;
/** A state that changes more often than a person can switch it is gathered. */
const pauseMs = 20;

/** How soon Home Assistant hears of what happened: from the commit, which the reply follows, to a subscriber of a real broker. */
export async function benchHomeAssistant(): Promise<Row[]> {
  await using broker = await Mosquitto.start();
  const { username, password } = broker.login('gosip');
  await using house = await House.start({
    environment: { GOSIP_MQTT_URL: broker.url, GOSIP_MQTT_USERNAME: username, GOSIP_MQTT_PASSWORD: password },
  });
  const ids = await addPhones(house);
  const observer = broker.login('observer');
  const client = await connectAsync(broker.url, { username: observer.username, password: observer.password });
  try {
    await client.subscribeAsync('gosip/+/dnd', { qos: 1 });
    await measure(house, { client, ids, first: 0, count: warmUp });
    const times = await measure(house, { client, ids, first: warmUp, count: changes });
    const at = (kind: keyof Times, share: number) =>
      percentile(
        times[kind].toSorted((a, b) => a - b),
        share,
      ).toFixed(1);
    const format = (kind: keyof Times) => `p50 ${at(kind, 0.5)} ms, p95 ${at(kind, 0.95)} ms, p99 ${at(kind, 0.99)} ms`;
    return [
      { what: `MQTT: request to a subscriber's message, ${phones} phones`, measured: format('fromRequest'), aim: '–' },
      { what: 'MQTT: reply, which the commit precedes, to the message', measured: format('fromReply'), aim: '< 50 ms p99' },
    ];
  } finally {
    await client.endAsync(true);
  }
}

async function addPhones(house: House): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < phones; index += 1) {
    const { id } = await house.api<{ id: string }>('POST', '/devices', { name: `Phone ${index}`, type: 'softphone' });
    ids.push(id);
  }
  return ids;
}

type Times = { readonly fromRequest: number[]; readonly fromReply: number[] };
type Run = { readonly client: MqttClient; readonly ids: readonly string[]; readonly first: number; readonly count: number };

async function measure(house: House, { client, ids, first, count }: Run): Promise<Times> {
  const times: Times = { fromRequest: [], fromReply: [] };
  for (let index = first; index < first + count; index += 1) {
    const id = ids[index % ids.length] ?? '';
    const message = heard(client, `gosip/${id}/dnd`);
    const askedAt = performance.now();
    await house.api('PUT', `/dnd/devices/${id}`, { isOn: Math.floor(index / ids.length) % 2 === 0 });
    const repliedAt = performance.now();
    const heardAt = await message;
    times.fromRequest.push(heardAt - askedAt);
    times.fromReply.push(Math.max(0, heardAt - repliedAt));
    await setTimeout(pauseMs);
  }
  return times;
}

/** When the next message of this topic comes that is not one of before. */
function heard(client: MqttClient, topic: string): Promise<number> {
  return new Promise((resolve) => {
    const listen: Parameters<typeof client.on<'message'>>[1] = (seen, _payload, { retain }) => {
      if (seen !== topic || retain) return;
      client.off('message', listen);
      resolve(performance.now());
    };
    client.on('message', listen);
  });
}
