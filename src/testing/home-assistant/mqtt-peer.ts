import { connectAsync } from 'mqtt';
import type { MqttClient } from 'mqtt';
import { expect } from 'vitest';

export type Heard = { readonly topic: string; readonly payload: string; readonly isRetained: boolean };

/** Hears everything on a broker, and says things there, as Home Assistant does. */
export class MqttPeer implements AsyncDisposable {
  readonly #client: MqttClient;
  /** In the order of arrival. */
  readonly heard: Heard[] = [];

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload, { retain }) => {
      this.heard.push({ topic, payload: payload.toString(), isRetained: retain });
    });
  }

  /** `protocolVersion`: 4 for MQTT 3.1.1, which aedes speaks. */
  static async connect(
    url: string,
    options: { readonly protocolVersion?: 4 | 5; readonly username?: string; readonly password?: string } = {},
  ): Promise<MqttPeer> {
    const client = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 100, ...options });
    const peer = new MqttPeer(client);
    await client.subscribeAsync('#', { qos: 1 });
    return peer;
  }

  async say(topic: string, payload: string | object, { retain = false } = {}): Promise<void> {
    await this.#client.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 1, retain });
  }

  /** The last message on a topic. */
  last(topic: string): string | undefined {
    return this.heard.findLast((one) => one.topic === topic)?.payload;
  }

  /** Resolves once the last message on a topic is this one. */
  async hears(topic: string, payload: string): Promise<void> {
    await expect.poll(() => this.last(topic), { timeout: 20_000, interval: 20 }).toBe(payload);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true);
  }
}
