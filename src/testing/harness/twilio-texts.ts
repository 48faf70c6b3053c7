import { expect } from 'vitest';
import { waitFor } from './twilio-harness.ts';
import type { TwilioHarness } from './twilio-harness.ts';

/** A text as the API shows it. */
export type TextMessage = {
  readonly id: string;
  readonly body: string;
  readonly state: string;
  readonly direction: string;
  readonly media: readonly { readonly state: string; readonly contentType: string | null }[];
  readonly error: { readonly code: number | null; readonly message: string } | null;
};

const finalStates = ['delivered', 'undelivered', 'failed', 'unknown'];

/** Texts of a house that is set up at the emulated Twilio. */
export class TwilioTexts {
  readonly #at: TwilioHarness;

  constructor(at: TwilioHarness) {
    this.#at = at;
  }

  send(body: string, more: object = {}): Promise<TextMessage> {
    const { house, ours, theirs } = this.#at;
    return house.api<TextMessage>('POST', '/messages', { from: ours, to: theirs, body, ...more });
  }

  /** The text in its final state. */
  ends({ id }: TextMessage, limitSeconds = 30): Promise<TextMessage> {
    return waitFor('the end of a message', limitSeconds, async () => {
      const message = await this.#at.house.api<TextMessage>('GET', `/messages/${id}`);
      return finalStates.includes(message.state) ? message : undefined;
    });
  }

  /** The inbound text with this body, once its media are stored; fails where there are two. */
  cameIn(body: string, limitSeconds = 30): Promise<TextMessage> {
    return waitFor(`the message "${body}"`, limitSeconds, async () => {
      const { items } = await this.#at.house.api<{ items: TextMessage[] }>('GET', '/messages?direction=inbound');
      const found = items.filter((message) => message.body === body);
      expect(found.length).toBeLessThan(2);
      return found.find(({ media }) => media.every(({ state }) => state === 'stored'));
    });
  }

  /** How often the far side was sent this text. */
  timesSent(text: string): number {
    return this.#at.twilio.messages.filter(({ body, from }) => body === text && from === this.#at.ours).length;
  }
}
