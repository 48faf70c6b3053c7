// Composes what shows the house in Home Assistant: entities and commands over MQTT.
// Called by app.ts; it is started when the faces of all rooms are mounted.
// Must stay true: neither the start nor the stop waits for a broker.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '#base/errors.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import { Bridge } from '#home-assistant/bridge.ts';
import type { Broker, FindBroker } from '#home-assistant/broker.ts';
import { ConnectionWatch } from '#home-assistant/connection-watch.ts';
import { mqttAlerts } from '#home-assistant/mqtt-alerts.ts';
import { topicsOf } from '#home-assistant/topics.ts';
import type { Options } from '#options/options.ts';
import { ConfigValues } from '#storage/config-values.ts';
import packageFile from '../../package.json' with { type: 'json' };
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';
import type { Mounted } from './face.ts';

export type HomeAssistantRoom = {
  readonly start: (mounted: Pick<Mounted, 'entities' | 'commands'>) => void;
  readonly face: RoomFace;
};

type HomeAssistantDeps = AppContext & { readonly storage: Pick<Storage, 'db'> };

export function composeHomeAssistant({
  options,
  clock,
  events,
  log: root,
  stack,
  storage,
}: HomeAssistantDeps): HomeAssistantRoom {
  const { mqtt, house, http } = options;
  const log = root.child({ room: 'home-assistant' });
  const watch = new ConnectionWatch({ clock, log });
  if (mqtt.mode === 'off') watch.changed({ kind: 'off' });
  const values = new ConfigValues(storage.db);
  const start: HomeAssistantRoom['start'] = ({ entities, commands }) => {
    if (mqtt.mode === 'off') return;
    const triggerLanguage = values.fixed('trigger_language', house.language) as HouseLanguage;
    const bridge = new Bridge({
      clock,
      log,
      events,
      entities,
      commands,
      topics: topicsOf({ base: mqtt.baseTopic, prefix: mqtt.discoveryPrefix }),
      house: () => ({
        language: house.language,
        triggerLanguage,
        version: packageFile.version,
        configurationUrl: http.publicUrl,
      }),
      findBroker: () => findBroker(mqtt),
      clientId: `gosip-${values.fixed('installation_id', randomUUID())}`,
      onState: (state) => watch.changed(state),
    });
    stack.defer(() => bridge.stop());
    bridge.start();
  };
  return { start, face: faceOf({ alerts: mqttAlerts(() => watch.alerts()), probes: { MQTT: () => watch.health() } }) };
}

const findBroker = async ({ broker }: Options['mqtt']): ReturnType<FindBroker> => {
  if (broker === undefined) return undefined;
  const { caFile, ...rest } = broker;
  const given: Broker = { ...rest, source: 'options' };
  return caFile === undefined ? given : { ...given, ca: await readCa(caFile) };
};

async function readCa(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError('invalid', `The file ${path} of the option mqtt_ca cannot be read`, { cause: error });
  }
}
