import { expect } from 'vitest';
import { systemClock } from '#base/clock.ts';
import type { TwilioEmulator } from './emulator.ts';

// Tests look into answers of any shape.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = Record<string, any>;
export type RestResult = { status: number; json: Json; headers: Headers };

/** One REST request with the account's credentials. */
export async function rest(
  twilio: TwilioEmulator,
  method: string,
  path: string,
  { form, host = 'api', as }: { form?: Record<string, string> | [string, string][]; host?: string; as?: [string, string] } = {},
): Promise<RestResult> {
  const [user, secret] = as ?? [twilio.accountSid, twilio.authToken];
  const prefix =
    host === 'api' && path.startsWith('/') && !path.startsWith('/2010') ? `/2010-04-01/Accounts/${twilio.accountSid}` : '';
  const response = await fetch(`${twilio.apiBase}/${host}.twilio.com${prefix}${path}`, {
    method,
    redirect: 'manual',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text.startsWith('{') ? JSON.parse(text) : { text } };
}

/** Waits until something is so; a generous limit keeps a failing test from hanging. */
export async function until(isTrue: () => boolean): Promise<void> {
  const deadline = systemClock.now() + 20_000;
  while (!isTrue() && systemClock.now() < deadline) await new Promise<void>((resolve) => void systemClock.after(1, resolve));
  expect(isTrue()).toBe(true);
}
