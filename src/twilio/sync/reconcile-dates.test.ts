import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { Watermarks } from '#storage/watermarks.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { TwilioClient } from '#twilio/api/client.ts';
import { Reconciler } from './reconcile.ts';
import { TwilioHttp } from '#twilio/api/http.ts';

const ours = '+15555550199';
const theirs = '+15555550123';
const log = createLog({ level: 'silent' });
/** Noon, so that the same day has an hour before and an hour after. */
const noon = Date.UTC(2026, 9, 20, 12);

describe.each(['second', 'day'] as const)('where Twilio goes by the %s', (dateFilters) => {
  let clock: FakeClock;
  let twilio: TwilioEmulator;
  let http: TwilioHttp;
  let reconcile: Reconciler;
  let messages: string[];
  let calls: string[];

  beforeEach(async () => {
    clock = new FakeClock();
    clock.advance(noon - clock.now());
    twilio = await TwilioEmulator.start({ clock, numbers: [{ phoneNumber: ours }], switches: { dateFilters } });
    http = new TwilioHttp({ clock, apiBase: twilio.apiBase });
    const { accountSid, authToken } = twilio;
    const client = new TwilioClient({ credentials: { accountSid, username: accountSid, password: authToken }, http, log });
    messages = [];
    calls = [];
    reconcile = new Reconciler({
      connection: { client: () => client, request: (run) => run(client) },
      watermarks: new Watermarks(openDatabase({ path: ':memory:', log, clock }).db),
      clock,
      log,
      sinks: { call: ({ sid }) => void calls.push(sid), message: ({ body }) => void messages.push(body), recording: () => {} },
    });
  });
  afterEach(async () => {
    http.close();
    await twilio[Symbol.asyncDispose]();
  });

  it('messages and calls of the same day from before the account was set up do not turn up in the house', async () => {
    await twilio.sendSmsFrom(theirs, ours, { body: 'before' });
    await twilio.callFrom(theirs, ours).over;
    clock.advance(60_000);
    await reconcile.run();
    clock.advance(60_000);
    await twilio.sendSmsFrom(theirs, ours, { body: 'after' });
    const { callSid, over } = twilio.callFrom(theirs, ours);
    await over;
    await reconcile.run();
    expect([messages, calls]).toEqual([['after'], [callSid]]);
  });

  it('of a busy day nothing is left out, also where more comes in while the list is read', async () => {
    await reconcile.run();
    clock.advance(60_000);
    const sent = Array.from({ length: 450 }, (_, index) => `message ${index}`);
    for (const [index, body] of sent.entries()) {
      if (index % 3 === 0) clock.advance(1000);
      await twilio.sendSmsFrom(theirs, ours, { body });
    }
    twilio.faults.add({ name: 'rest.page-changes-while-paging' });
    await reconcile.run();
    expect(messages).toEqual(sent);
    const asked = twilio.requests.filter(({ endpoint, search }) => endpoint === 'messages.list' && search.includes('PageToken'));
    expect(asked.length).toBe(2);
    expect(twilio.requests.every(({ search }) => !search.includes('%3C'))).toBe(true);
  });
});
