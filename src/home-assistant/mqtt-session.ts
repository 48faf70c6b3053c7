// Owns one connection to a broker, from its CONNACK to its end.
// Called by the connection, which makes a new one after each end: nothing of an old one is sent again behind our back.
// Must stay true: one QoS for everything, because MQTT.js lets QoS 1 overtake queued QoS 0; no more under way than the broker takes.
import type { MqttClient } from 'mqtt';

export type Message = { readonly topic: string; readonly payload: string; readonly isRetained: boolean };

export type PublishOptions = { readonly isRetained: boolean };

const qos = 1;
const maxUnderWay = 100;

/** Reason code of a PUBACK (MQTT 5 section 3.4.2.1): it was taken, and nobody subscribes to it. */
const noMatchingSubscribers = 16;

type Waiting = {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly settle: PromiseWithResolvers<boolean>;
};

export class MqttSession {
  readonly #client: MqttClient;
  readonly #window: number;
  readonly #waiting: Waiting[] = [];
  /** Message ids that reached nobody; MQTT.js tells the reason to its observers alone. */
  readonly #unheard = new Set<number>();
  readonly #underWay = new Set<Waiting>();
  #isOver = false;

  /** `receiveMaximum`: of the broker's CONNACK (MQTT 5). */
  constructor(client: MqttClient, receiveMaximum: number = maxUnderWay) {
    this.#client = client;
    this.#window = Math.min(receiveMaximum, maxUnderWay);
    client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'puback' || packet.reasonCode !== noMatchingSubscribers) return;
      if (packet.messageId !== undefined) this.#unheard.add(packet.messageId);
    });
  }

  /** Whether the broker gives reasons (MQTT 5). */
  get hasReasons(): boolean {
    return this.#client.options.protocolVersion === 5;
  }

  /**
   * Resolves once the broker has it; rejects where the connection ended first. Whether anybody subscribes to it, where the broker says so
   * (MQTT 5); true otherwise.
   */
  publish(topic: string, payload: string, { isRetained }: PublishOptions): Promise<boolean> {
    if (this.#isOver) return Promise.reject(new Error('The connection is over'));
    const settle = Promise.withResolvers<boolean>();
    this.#waiting.push({ topic, payload, retain: isRetained, settle });
    this.#next();
    return settle.promise;
  }

  /** Rejects where the broker refuses one of them. */
  async subscribe(topics: readonly string[]): Promise<void> {
    await this.#client.subscribeAsync([...topics], { qos });
  }

  async unsubscribe(topic: string): Promise<void> {
    await this.#client.unsubscribeAsync(topic);
  }

  /** The connection ended: whatever is still under way is not known to have arrived. */
  over(): void {
    this.#isOver = true;
    // Where we end it ourselves, MQTT.js leaves those that were sent and not acknowledged pending for ever.
    for (const { settle } of [...this.#underWay, ...this.#waiting.splice(0)]) settle.reject(new Error('The connection is over'));
  }

  #next(): void {
    while (this.#underWay.size < this.#window) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#underWay.add(next);
      void this.#send(next);
    }
  }

  async #send(one: Waiting): Promise<void> {
    const { topic, payload, retain, settle } = one;
    try {
      const sent = await this.#client.publishAsync(topic, payload, { qos, retain });
      settle.resolve(sent?.messageId === undefined || !this.#unheard.delete(sent.messageId));
    } catch (error) {
      settle.reject(error);
    } finally {
      this.#underWay.delete(one);
      if (!this.#isOver) this.#next();
    }
  }
}
