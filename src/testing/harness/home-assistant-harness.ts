import { waitFor } from '#testing/harness/twilio-harness.ts';
import { CoreEntities } from '#testing/home-assistant/core-entities.ts';
import type { State } from '#testing/home-assistant/core-entities.ts';
import type { LogEntry } from '#testing/home-assistant/core-log.ts';
import type { HomeAssistant } from '#testing/home-assistant/home-assistant.ts';
import type { Mosquitto } from '#testing/home-assistant/mosquitto.ts';
import { MqttObserver } from '#testing/home-assistant/mqtt-observer.ts';
import { sharedHomeAssistant } from '#testing/home-assistant/shared.ts';

/** What Core says of itself and of this machine, whatever is connected; everything else that it logs is about us. */
const foreign: readonly RegExp[] = [
  // The broker was stopped by the test.
  /^homeassistant\.components\.mqtt\.client: Error returned from MQTT server: The connection was lost\.$/,
  /^paho\.mqtt\.client: failed to receive on socket: \[Errno 104\] Connection reset by peer$/,
  /^homeassistant\.components\.mqtt\.client: Failed to connect to MQTT server due to exception: /,
  // It was stopped while Core itself said that it is there.
  /^homeassistant: Error doing job: Task exception was never retrieved[\s\S]*in _async_resubscribe_and_publish_birth_message/,
  /^homeassistant\.components\.mqtt\.util: Error talking to MQTT: The client is not currently connected\.$/,
  // Its power failed by the test.
  /^homeassistant\.components\.recorder\.util: (The system could not validate that the sqlite3 database|Ended unfinished session)/,
  /^aiohttp_fast_zlib: zlib_ng and isal are not available/,
];

/** A Home Assistant without any device of ours, for the time of one test file: houses connect by `environment`. */
export class HomeAssistantHarness implements AsyncDisposable {
  readonly core: HomeAssistant;
  readonly broker: Mosquitto;
  readonly observer: MqttObserver;
  entities: CoreEntities;
  readonly #logged: number;

  private constructor(at: { core: HomeAssistant; broker: Mosquitto }, observer: MqttObserver, entities: CoreEntities) {
    this.core = at.core;
    this.broker = at.broker;
    this.observer = observer;
    this.entities = entities;
    this.#logged = at.core.log().length;
  }

  static async start(): Promise<HomeAssistantHarness> {
    const shared = await sharedHomeAssistant();
    const observer = await MqttObserver.connect(shared.broker);
    return new HomeAssistantHarness(shared, observer, new CoreEntities(await shared.core.connect()));
  }

  /** Of a house that connects to the broker. */
  get environment(): Record<string, string> {
    const { username, password } = this.broker.login('gosip');
    return { GOSIP_MQTT_URL: this.broker.url, GOSIP_MQTT_USERNAME: username, GOSIP_MQTT_PASSWORD: password };
  }

  /** Resolves with the state when it is this one. */
  async showing(entityId: string, state: string, limitSeconds = 30): Promise<State> {
    let last: State | undefined;
    const look = async () => {
      last = await this.entities.state(entityId);
      return last?.state === state ? last : undefined;
    };
    return waitFor(`${entityId} ${state}`, limitSeconds, look).catch((error: unknown) => {
      throw new Error(`${entityId} is ${last?.state ?? 'not there'}, not ${state}`, { cause: error });
    });
  }

  /** A restart of Home Assistant; clients of before have ended. */
  async restartCore(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.core.restart(signal);
    this.entities = new CoreEntities(await this.core.connect());
  }

  /** The warnings and errors that Core logged meanwhile about what we sent. */
  complaints(): LogEntry[] {
    const entries = this.core.log().slice(this.#logged);
    return entries.filter(({ logger, message }) => !foreign.some((one) => one.test(`${logger}: ${message}`)));
  }

  /** Takes all devices away, for who comes next. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.observer.clearRetained();
    const isEmpty = async () => (await this.entities.mqttDevices()).size === 0 || undefined;
    await waitFor('a Home Assistant without devices', 5, isEmpty).catch(() => this.entities.removeMqttDevices());
    this.entities.client[Symbol.dispose]();
    await this.observer[Symbol.asyncDispose]();
  }
}
