// Composes what shows the house in Home Assistant: entities and commands over MQTT.
// Called by app.ts; it is started when the faces of all rooms are mounted.
// Must stay true: neither the start nor the stop waits for a broker.
import { randomUUID } from 'node:crypto';
import type { HouseLanguage } from '#contract/languages.ts';
import { Bridge } from '#home-assistant/bridge.ts';
import { ConnectionWatch } from '#home-assistant/connection-watch.ts';
import { mqttAlerts } from '#home-assistant/mqtt-alerts.ts';
import { topicsOf } from '#home-assistant/topics.ts';
import type { Supervisor } from '#home-assistant/supervisor.ts';
import { ConfigValues } from '#storage/config-values.ts';
import packageFile from '../../package.json' with { type: 'json' };
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';
import type { Mounted } from './face.ts';
import { composeFindBroker } from './find-broker.ts';
import type { PanelLinks } from './panel-links.ts';

export type HomeAssistantRoom = {
  readonly start: (mounted: Pick<Mounted, 'entities' | 'commands'>) => void;
  /** How the connection to the broker is, in words too. */
  readonly mqtt: () => { readonly state: ConnectionWatch['state']; readonly message: string };
  readonly face: RoomFace;
};

type HomeAssistantDeps = AppContext & {
  readonly storage: Pick<Storage, 'db'>;
  readonly supervisor: Pick<Supervisor, 'mqtt'> | undefined;
  readonly links: Pick<PanelLinks, 'forDevices' | 'lookUp'>;
};

export function composeHomeAssistant(deps: HomeAssistantDeps): HomeAssistantRoom {
  const { options, links, clock, events, log: root, stack, storage, supervisor } = deps;
  const { mqtt, house } = options;
  const log = root.child({ room: 'home-assistant' });
  const watch = new ConnectionWatch({ clock, log });
  if (mqtt.mode === 'off') watch.changed({ kind: 'off' });
  const values = new ConfigValues(storage.db);
  const start: HomeAssistantRoom['start'] = ({ entities, commands }) => {
    if (mqtt.mode === 'off') return;
    const triggerLanguage = values.fixed('trigger_language', house.language) as HouseLanguage;
    const find = composeFindBroker({ mqtt, supervisor, stack });
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
        configurationUrl: links.forDevices(),
      }),
      findBroker: async () => {
        const [broker] = await Promise.all([find(), links.lookUp()]);
        return broker;
      },
      clientId: `gosip-${values.fixed('installation_id', randomUUID())}`,
      onState: (state) => watch.changed(state),
    });
    stack.defer(() => bridge.stop());
    bridge.start();
  };
  const mqttState = () => ({ state: watch.state, message: watch.health().message });
  return {
    start,
    mqtt: mqttState,
    face: faceOf({ alerts: mqttAlerts(() => watch.alerts()), probes: { MQTT: () => watch.health() } }),
  };
}
