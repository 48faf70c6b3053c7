import { connectAsync } from 'mqtt';
import type { MqttClient } from 'mqtt';
import { expect } from 'vitest';
import type { Mosquitto } from './mosquitto.ts';

/** One message that went through the broker; `isRetained` as the publisher wished it. */
export type SeenMessage = { readonly topic: string; readonly text: string; readonly isRetained: boolean; readonly atMs: number };

/** Reads along everything that goes through a broker, and can publish what nobody else would. */
export class MqttObserver implements AsyncDisposable {
  readonly messages: SeenMessage[] = [];
  /** What the broker retains, by topic. */
  readonly retained = new Map<string, string>();
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload, { retain }) => {
      const text = payload.toString();
      this.messages.push({ topic, text, isRetained: retain, atMs: performance.now() });
      if (!retain) return;
      if (text === '') this.retained.delete(topic);
      else this.retained.set(topic, text);
    });
    // It comes back by itself after the broker was away.
    client.on('error', () => {});
  }

  /** `protocolVersion`: 4 for MQTT 3.1.1, by which the messages of this moment never count as retained. */
  static async connect(broker: Pick<Mosquitto, 'url' | 'login'>, protocolVersion: 4 | 5 = 5): Promise<MqttObserver> {
    const { username, password } = broker.login('observer');
    const client = await connectAsync(broker.url, { username, password, protocolVersion, reconnectPeriod: 100 });
    const observer = new MqttObserver(client);
    // With `rap` the flag arrives as it was published, also for messages of this moment.
    await client.subscribeAsync('#', { qos: 1, rap: true });
    return observer;
  }

  /** The texts that came on a topic, in their order. */
  on(topic: string): string[] {
    return this.messages.filter((one) => one.topic === topic).map(({ text }) => text);
  }

  /** Not at the broker, which knows whether anybody listens, until `back`. */
  async leave(): Promise<void> {
    await this.#client.endAsync();
  }

  async back(): Promise<void> {
    this.#client.reconnect();
    await new Promise<void>((resolve) => void this.#client.once('connect', () => resolve()));
    await this.#client.subscribeAsync('#', { qos: 1, rap: true });
  }

  /** Resolves once the last text on a topic is this one. */
  async hears(topic: string, text: string): Promise<void> {
    await expect.poll(() => this.on(topic).at(-1), { timeout: 20_000, interval: 20 }).toBe(text);
  }

  async publish(topic: string, content: unknown, { retain = false } = {}): Promise<void> {
    await this.#client.publishAsync(topic, typeof content === 'string' ? content : JSON.stringify(content), { qos: 1, retain });
  }

  /** Takes every retained message away, as nobody but a test should: devices go with their discovery messages. */
  async clearRetained(): Promise<void> {
    for (const topic of this.retained.keys()) await this.publish(topic, '', { retain: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true);
  }
}
