import { expect, test } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { TwilioTexts } from '#testing/harness/twilio-texts.ts';
import type { TextMessage } from '#testing/harness/twilio-texts.ts';
import type { Fault } from '#testing/twilio/base/faults.ts';

// Alone in its file: a text in doubt is looked for at Twilio for half a minute of real time.
const create = { endpoint: 'messages.create', count: 1 } as const;
const sendingFaults: readonly Fault[] = [
  { ...create, name: 'rest.429', retryAfterSeconds: 1 },
  { ...create, name: 'rest.429' },
  { ...create, name: 'rest.5xx', status: 500 },
  { ...create, name: 'rest.5xx', status: 502, html: true, isProcessed: true },
  { ...create, name: 'rest.reset' },
  { ...create, name: 'rest.reset', isProcessed: true },
  { ...create, name: 'rest.timeout' },
  { ...create, name: 'rest.timeout', isProcessed: true },
];

test('each text goes out once, whatever happens to the request that sends it', { timeout: 150_000 }, async () => {
  await using at = await TwilioHarness.start();
  const texts = new TwilioTexts(at);
  const waiting: { readonly text: string; readonly message: TextMessage }[] = [];
  for (const [index, fault] of sendingFaults.entries()) {
    const taken = at.twilio.faults.taken.length;
    at.twilio.faults.add(fault);
    const text = `Once, with ${fault.name} ${index}`;
    // To another number each time: what one conversation waits for does not hold up the others.
    waiting.push({ text, message: await texts.send(text, { to: `+1415555016${index}` }) });
    await waitFor(fault.name, 30, () => at.twilio.faults.taken.length > taken || undefined);
  }
  for (const { text, message } of waiting) {
    expect(await texts.ends(message, 120), text).toMatchObject({ state: 'delivered' });
    expect(texts.timesSent(text), text).toBe(1);
  }
});
