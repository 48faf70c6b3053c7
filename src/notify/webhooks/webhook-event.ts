import { isoTime } from '#base/clock.ts';

/** The shape of the body; a change that a receiver could trip over makes it higher. */
export const webhookVersion = 1;
/** Of what an event is about: more is left out. */
const maxItemBytes = 128 * 1024;

export type WebhookEvent = {
  readonly id: string;
  readonly type: string;
  /** When it happened, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly data: object;
  /** What it is about, where the destination is sent that too and it is still there. */
  readonly item?: unknown;
};

/** The body, which is made once: every try signs the same bytes. */
export function webhookBody({ id, type, at, data, item }: WebhookEvent): string {
  const event = { version: webhookVersion, id, type, timestamp: isoTime(at), data };
  if (item === undefined) return JSON.stringify(event);
  const whole = JSON.stringify({ ...event, item });
  return Buffer.byteLength(whole) <= maxItemBytes ? whole : JSON.stringify(event);
}
