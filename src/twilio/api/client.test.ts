import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { TwilioClient } from './client.ts';
import { TwilioHttp } from './http.ts';
import type { TwilioDownload } from './records.ts';
import { isAbsent } from './result.ts';
import type { TwilioResult } from './result.ts';

const house = '+15555550199';
const farNumber = '+15555550100';

describe('the client', () => {
  let twilio: TwilioEmulator;
  let client: TwilioClient;
  let http: TwilioHttp;

  beforeEach(async () => {
    twilio = await TwilioEmulator.start();
    http = new TwilioHttp({ clock: systemClock, apiBase: twilio.apiBase });
    client = clientWith(twilio.authToken);
  });

  afterEach(async () => {
    http.close();
    await twilio[Symbol.asyncDispose]();
  });

  function clientWith(password: string, username = twilio.accountSid): TwilioClient {
    const credentials = { accountSid: twilio.accountSid, username, password };
    return new TwilioClient({ credentials, http, log: createLog({ level: 'silent' }) });
  }

  it('reads the account and its balance', async () => {
    expect(valueOf(await client.account.fetchAccount())).toMatchObject({
      sid: twilio.accountSid,
      status: 'active',
      type: 'Full',
    });
    expect(valueOf(await client.account.fetchBalance())).toEqual({ amount: 12.34, currency: 'USD' });
  });

  it('says what is wrong with a token', async () => {
    expect(await clientWith('0'.repeat(32)).account.fetchAccount()).toMatchObject({ kind: 'refused', status: 401, code: 20003 });
  });

  it('asks as an API key, which sees numbers but not the account', async () => {
    const key = twilio.account.addApiKey();
    const asKey = clientWith(key.secret, key.sid);
    expect(await asKey.account.fetchAccount()).toMatchObject({ kind: 'refused', code: 20003 });
    expect(valueOf(await asKey.account.listNumbers()).map(({ number }) => number)).toEqual([house]);
  });

  it('sends a message and finds it again, over all pages', async () => {
    for (let n = 0; n < 7; n += 1) await client.sendMessage({ from: house, to: farNumber, body: `number ${n}` });
    const sent = valueOf(await client.sendMessage({ from: house, to: farNumber, body: 'last' }));
    expect(sent).toMatchObject({ from: house, to: farNumber, body: 'last', direction: 'outbound-api', segments: 1 });
    expect(valueOf(await client.fetchMessage(sent.sid))).toMatchObject({ sid: sent.sid, body: 'last' });
    const found = valueOf(await client.listMessages({ from: house, to: farNumber, sentAfter: systemClock.now() - 60_000 }));
    expect(found.map(({ body }) => body).toSorted()).toEqual(['last', ...Array.from({ length: 7 }, (_, n) => `number ${n}`)]);
    expect(valueOf(await client.listMessages({ limit: 3 }))).toHaveLength(3);
  });

  it('shows each message once where the list grows while its pages are read', async () => {
    await client.sendMessage({ from: house, to: farNumber, body: 'one of many' });
    const { messages } = twilio.state;
    const [first] = messages.values();
    if (first === undefined) throw new Error('There is no message');
    for (let n = 1; n < 1050; n += 1) {
      const sid = twilio.state.sid('SM');
      messages.set(sid, { ...first, sid });
    }
    twilio.faults.add({ name: 'rest.page-changes-while-paging' });
    const found = valueOf(await client.listMessages({ limit: 1100 }));
    expect(twilio.faults.taken).toHaveLength(5);
    expect(found).toHaveLength(1050);
    expect(new Set(found.map(({ sid }) => sid)).size).toBe(1050);
  });

  it('reports the code of what Twilio refuses', async () => {
    expect(await client.sendMessage({ from: house, to: 'nobody', body: 'x' })).toMatchObject({ kind: 'refused', code: 21211 });
    const absent = await client.fetchMessage(`SM${'0'.repeat(32)}`);
    expect(isAbsent(absent)).toBe(true);
  });

  it.each([
    [
      { name: 'rest.429', retryAfterSeconds: 3 },
      { kind: 'limited', retryAfterSeconds: 3 },
    ],
    [{ name: 'rest.429' }, { kind: 'limited', retryAfterSeconds: undefined }],
    [{ name: 'rest.5xx' }, { kind: 'ambiguous', status: 500 }],
    [
      { name: 'rest.5xx', html: true, status: 502 },
      { kind: 'ambiguous', status: 502 },
    ],
    [{ name: 'rest.reset' }, { kind: 'ambiguous' }],
    [{ name: 'rest.reset', isProcessed: true }, { kind: 'ambiguous' }],
    [{ name: 'rest.401-after-rotation' }, { kind: 'refused', code: 20003 }],
  ] as const)('gives %o its class, and does not repeat it', async (fault, expected) => {
    twilio.faults.add({ ...fault, count: 1 });
    expect(await client.sendMessage({ from: house, to: farNumber, body: 'once' })).toMatchObject(expected);
    expect(twilio.requests.filter(({ endpoint }) => endpoint === 'messages.create')).toHaveLength(1);
  });

  it('fetches media through a redirect to a host that must not see our credentials', async () => {
    const received = await receiveMedia();
    const bytes = await read(valueOf(await client.fetchMedia(received.url)));
    expect(bytes).toHaveLength(6);
    expect(received.contentType).toBe('image/png');
  });

  it('sends no credentials to anybody but Twilio', async () => {
    expect(await client.fetchMedia(`${twilio.apiBase}/anything`)).toMatchObject({ kind: 'refused' });
    expect(await client.fetchMedia('https://twilio.com.example.org/x')).toMatchObject({ kind: 'refused' });
    expect(twilio.requests).toEqual([]);
  });

  it('says that a recording is not there', async () => {
    expect(isAbsent(await client.fetchRecordingWav(`RE${'0'.repeat(32)}`))).toBe(true);
    expect(isAbsent(await client.deleteRecording(`RE${'0'.repeat(32)}`))).toBe(true);
  });

  it('makes a SIP domain with its lists and takes all of it back', async () => {
    const { sip } = client.account;
    const domain = valueOf(await sip.createDomain('gosip-test.sip.twilio.com', { sipRegistration: true, friendlyName: 'GoSIP' }));
    const list = valueOf(await sip.createCredentialList('GoSIP'));
    const credential = valueOf(await sip.createCredential(list.sid, { username: 'pbx', password: 'Abcdefgh1234' }));
    expect(await sip.createCredential(list.sid, { username: 'other', password: 'weak' })).toMatchObject({ code: 21243 });
    valueOf(await sip.createMapping(domain.sid, 'registrations', list.sid));
    valueOf(await sip.createMapping(domain.sid, 'calls', list.sid));
    expect(await sip.createMapping(domain.sid, 'calls', list.sid)).toMatchObject({ kind: 'refused', code: 21231 });
    expect(valueOf(await sip.listMappings(domain.sid, 'registrations'))).toEqual([list.sid]);
    expect(valueOf(await sip.listDomains())).toMatchObject([{ sipRegistration: true, secure: false }]);
    expect(valueOf(await sip.listCredentials(list.sid))).toEqual([credential]);
    for (const type of ['calls', 'registrations'] as const) valueOf(await sip.deleteMapping(domain.sid, type, list.sid));
    valueOf(await sip.deleteDomain(domain.sid));
    valueOf(await sip.deleteCredentialList(list.sid));
    expect([await sip.listDomains(), await sip.listCredentialLists()].map(valueOf)).toEqual([[], []]);
  });

  it('makes a trunk and takes it back', async () => {
    const { sip, trunks } = client.account;
    const list = valueOf(await sip.createCredentialList('GoSIP'));
    const trunk = valueOf(
      await trunks.create({ friendlyName: 'GoSIP', domainName: 'gosip-test.pstn.twilio.com', secure: false }),
    );
    valueOf(await trunks.addCredentialList(trunk.sid, list.sid));
    expect(valueOf(await trunks.listCredentialLists(trunk.sid))).toEqual([list.sid]);
    expect(valueOf(await trunks.list())).toEqual([trunk]);
    valueOf(await trunks.removeCredentialList(trunk.sid, list.sid));
    valueOf(await trunks.delete(trunk.sid));
    expect(valueOf(await trunks.list())).toEqual([]);
  });

  it('keeps two lists that are asked for at once apart', async () => {
    twilio.addNumber({ phoneNumber: '+15555550198' });
    const lists = await Promise.all(Array.from({ length: 4 }, () => client.account.listNumbers()));
    expect(lists.map((list) => valueOf(list).length)).toEqual([2, 2, 2, 2]);
  });

  it('reads usage, alerts and what is known of a number', async () => {
    expect(valueOf(await client.account.listUsage()).map(({ category }) => category)).toContain('sms');
    expect(valueOf(await client.account.listAlerts({ since: 0 }))).toEqual([]);
    expect(valueOf(await client.account.lookUp(farNumber))).toMatchObject({ number: farNumber, isValid: true });
  });

  async function receiveMedia() {
    await twilio.sendSmsFrom(farNumber, house, {
      body: 'look',
      media: [{ contentType: 'image/png', bytes: Buffer.from('\x89PNG\r\n', 'latin1') }],
    });
    const received = valueOf(await client.listMessages({ to: house }))[0];
    const media = valueOf(await client.listMedia(received?.sid ?? ''))[0];
    if (media === undefined) throw new Error('No media');
    return media;
  }
});

function valueOf<Value>(result: TwilioResult<Value>): Value {
  if (result.kind !== 'ok') throw new Error(`${result.kind} ${String(result.code)}: ${result.message}`);
  return result.value;
}

async function read({ chunks }: TwilioDownload): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}
