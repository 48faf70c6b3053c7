import { CoreError } from '#home-assistant/core-connection.ts';
import type { CoreConnection, CoreMessage } from '#home-assistant/core-connection.ts';

type Subscription = { readonly message: CoreMessage; readonly listener: (message: never) => void };

/** Core without a wire: answers by `replies`, hears what is sent, and can be away. */
export class FakeCoreConnection implements CoreConnection {
  /** By the type of the command; a reply that throws a CoreError is a refusal. */
  readonly replies = new Map<string, (message: CoreMessage) => unknown>();
  readonly sent: CoreMessage[] = [];
  readonly subscriptions = new Set<Subscription>();
  readonly #listeners = new Set<() => void>();
  #isConnected = true;

  get isConnected(): boolean {
    return this.#isConnected;
  }

  disconnect(): void {
    this.#isConnected = false;
  }

  connect(): void {
    this.#isConnected = true;
    for (const listener of this.#listeners) listener();
  }

  async command<Reply>(message: CoreMessage): Promise<Reply> {
    await Promise.resolve();
    if (!this.#isConnected) throw new CoreError('unavailable', 'Home Assistant is not connected');
    this.sent.push(message);
    const reply = this.replies.get(message.type);
    if (reply === undefined) throw new CoreError('invalid', 'Unknown command.', { reason: 'unknown_command' });
    return reply(message) as Reply;
  }

  subscribe<Message>(message: CoreMessage, listener: (message: Message) => void): () => void {
    const subscription = { message, listener };
    this.subscriptions.add(subscription);
    return () => this.subscriptions.delete(subscription);
  }

  onConnected(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#isConnected) queueMicrotask(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What Core says to every subscription of that type. */
  say(type: string, message: unknown): void {
    for (const one of this.subscriptions) if (one.message.type === type) one.listener(message as never);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isConnected = false;
    await Promise.resolve();
  }
}
