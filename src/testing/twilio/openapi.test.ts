import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwilioEmulator } from './emulator.ts';
import { FakeWebhookServer } from './fake-webhook-server.ts';
import { operationOf, replyDeviations, requestDeviations } from '#testing/twilio/rest/openapi-check.ts';
import { openApiFacts } from '#testing/twilio/rest/openapi-facts.ts';
import { rest, until } from './rest-caller.ts';
import type { RestResult } from './rest-caller.ts';

const ours = '+15555550199';
const theirs = '+15555550100';
const flow = JSON.stringify({ states: [], initial_state: 'Trigger', flags: {} });

let twilio: TwilioEmulator;
let webhookServer: FakeWebhookServer;
beforeAll(async () => {
  twilio = await TwilioEmulator.start({ numbers: [{ phoneNumber: ours }] });
  webhookServer = await FakeWebhookServer.start(() => twilio.authToken);
  twilio.mapOrigin('https://house.example', webhookServer.origin);
});
afterAll(async () => {
  await webhookServer[Symbol.asyncDispose]();
  await twilio[Symbol.asyncDispose]();
});

type Form = Readonly<Record<string, string>>;
const get = (path: string, host?: string) => rest(twilio, 'GET', path, host === undefined ? {} : { host });
const post = (path: string, form: Form, host?: string) =>
  rest(twilio, 'POST', path, host === undefined ? { form } : { form, host });
const drop = (path: string, host?: string) => rest(twilio, 'DELETE', path, host === undefined ? {} : { host });
const sidOf = (reply: RestResult): string => String(reply.json['sid']);

/** Makes one, lists, fetches and changes it. */
async function walk(
  path: string,
  made: Form,
  { changed, host, one }: { changed?: Form; host?: string; one?: string } = {},
): Promise<string> {
  const end = host === undefined ? '.json' : '';
  const sid = sidOf(await post(`${path}${end}`, made, host));
  const at = `${one ?? path}/${sid}`;
  await get(`${path}${end}?PageSize=5`, host);
  await get(`${at}${end}`, host);
  if (changed !== undefined) await post(`${at}${end}`, changed, host);
  return at;
}

describe('every answer of the emulated Twilio is as its OpenAPI documents say', () => {
  it('account, keys, balance, usage', async () => {
    await get(`/2010-04-01/Accounts/${twilio.accountSid}.json`);
    await get('/Balance.json');
    for (const period of ['', '/AllTime', '/Daily', '/LastMonth', '/Monthly', '/ThisMonth', '/Today', '/Yearly', '/Yesterday']) {
      expect((await get(`/Usage/Records${period}.json`)).status).toBe(200);
    }
    const trigger = { CallbackUrl: 'https://house.example/u', TriggerValue: '10', UsageCategory: 'totalprice' };
    await drop(`${await walk('/Usage/Triggers', trigger)}.json`);
    const key = sidOf(await post('/Keys.json', { FriendlyName: 'x' }));
    await get('/Keys.json');
    await drop(`/Keys/${key}.json`);
  });

  it('numbers, caller IDs, addresses', async () => {
    const listed = await get('/IncomingPhoneNumbers.json');
    const path = `/IncomingPhoneNumbers/${listed.json['incoming_phone_numbers'][0].sid}.json`;
    await get(path);
    await post(path, { VoiceUrl: 'https://house.example/v', VoiceMethod: 'POST', VoiceCallerIdLookup: 'true' });
    await post('/OutgoingCallerIds.json', { PhoneNumber: theirs, FriendlyName: 'x' });
    const verified = (await get('/OutgoingCallerIds.json')).json['outgoing_caller_ids'][0].sid as string;
    await get(`/OutgoingCallerIds/${verified}.json`);
    await drop(`/OutgoingCallerIds/${verified}.json`);
    const address = { CustomerName: 'A', Street: '1 Main', City: 'B', Region: 'CA', PostalCode: '94105', IsoCountry: 'US' };
    await drop(`${await walk('/Addresses', address, { changed: { FriendlyName: 'home', StreetSecondary: 'left' } })}.json`);
  });

  it('messages and their media', async () => {
    const sent = sidOf(await post('/Messages.json', { To: theirs, From: ours, Body: 'hello' }));
    webhookServer.on('/sms', () => '<Response/>');
    const number = (await get('/IncomingPhoneNumbers.json')).json['incoming_phone_numbers'][0].sid as string;
    await post(`/IncomingPhoneNumbers/${number}.json`, { SmsUrl: 'https://house.example/sms' });
    const media = [{ contentType: 'image/png', bytes: Buffer.from('x') }];
    await twilio.sendSmsFrom(theirs, ours, { body: 'look', media });
    await get('/Messages.json?PageSize=5&To=%2B15555550199');
    await get(`/Messages/${sent}.json`);
    const [received] = twilio.messages.filter(({ direction }) => direction === 'inbound');
    const at = `/Messages/${received?.sid}/Media`;
    await get(`${at}.json`);
    await get(`${at}/${received?.media[0]?.sid}.json`);
    await drop(`${at}/${received?.media[0]?.sid}.json`);
    await until(() => twilio.messages.find(({ sid }) => sid === sent)?.status === 'delivered');
    await post(`/Messages/${sent}.json`, { Body: '' });
    await drop(`/Messages/${sent}.json`);
  });

  it('calls, recordings, transcriptions', async () => {
    webhookServer.on('/voice', () => '<Response><Record maxLength="2" transcribe="true" action="/after"/></Response>');
    webhookServer.on('/long', () => '<Response><Pause length="30"/></Response>');
    const number = (await get('/IncomingPhoneNumbers.json')).json['incoming_phone_numbers'][0].sid as string;
    await post(`/IncomingPhoneNumbers/${number}.json`, { VoiceUrl: 'https://house.example/voice' });
    await twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440, seconds: 1 } }).over;
    await until(() => twilio.state.transcriptions.size > 0);
    const placed = sidOf(await post('/Calls.json', { To: theirs, From: ours, Url: 'https://house.example/long' }));
    await get('/Calls.json?PageSize=5&Status=completed');
    await get(`/Calls/${placed}.json`);
    await until(() => twilio.calls.find(({ sid }) => sid === placed)?.status === 'in-progress');
    const running = sidOf(await post(`/Calls/${placed}/Recordings.json`, { RecordingChannels: 'dual' }));
    await get(`/Calls/${placed}/Recordings.json`);
    await post(`/Calls/${placed}/Recordings/${running}.json`, { Status: 'stopped' });
    await post(`/Calls/${placed}.json`, { Status: 'completed' });
    await get('/Recordings.json');
    const text = [...twilio.state.transcriptions.values()][0];
    await get(`/Recordings/${text?.recordingSid}.json`);
    await get(`/Recordings/${text?.recordingSid}/Transcriptions.json`);
    await get('/Transcriptions.json');
    await get(`/Transcriptions/${text?.sid}.json`);
    await drop(`/Transcriptions/${text?.sid}.json`);
    await drop(`/Recordings/${text?.recordingSid}.json`);
  });

  it('SIP Domains, credentials, addresses that may call, and what ties them', async () => {
    const domain = await walk('/SIP/Domains', { DomainName: 'house.sip.twilio.com' }, { changed: { SipRegistration: 'true' } });
    const list = await walk('/SIP/CredentialLists', { FriendlyName: 'phones' }, { changed: { FriendlyName: 'house' } });
    const credential = { Username: 'house', Password: 'Long-Enough-123' };
    const inside = await walk(`${list}/Credentials`, credential, { changed: { Password: 'Longer-Still-456' } });
    const allowed = await walk('/SIP/IpAccessControlLists', { FriendlyName: 'line' }, { changed: { FriendlyName: 'home' } });
    const range = await walk(
      `${allowed}/IpAddresses`,
      { FriendlyName: 'line', IpAddress: '203.0.113.7' },
      { changed: { CidrPrefixLength: '31' } },
    );
    const last = (path: string) => path.slice(path.lastIndexOf('/') + 1);
    for (const [at, form] of [
      ['Auth/Calls/CredentialListMappings', { CredentialListSid: last(list) }],
      ['Auth/Calls/IpAccessControlListMappings', { IpAccessControlListSid: last(allowed) }],
      ['Auth/Registrations/CredentialListMappings', { CredentialListSid: last(list) }],
      ['CredentialListMappings', { CredentialListSid: last(list) }],
      ['IpAccessControlListMappings', { IpAccessControlListSid: last(allowed) }],
    ] as const) {
      await drop(`${await walk(`${domain}/${at}`, form)}.json`);
    }
    for (const path of [inside, range, list, allowed, domain]) expect((await drop(`${path}.json`)).status, path).toBe(204);
  });

  it('Messaging Services and the numbers in them', async () => {
    const host = 'messaging';
    const service = await walk('/v1/Services', { FriendlyName: 'x' }, { host, changed: { UseInboundWebhookOnNumber: 'true' } });
    const number = (await get('/IncomingPhoneNumbers.json')).json['incoming_phone_numbers'][0].sid as string;
    await drop(await walk(`${service}/PhoneNumbers`, { PhoneNumberSid: number }, { host }), host);
    expect((await drop(service, host)).status).toBe(204);
  });

  it('trunks and what belongs to them', async () => {
    const host = 'trunking';
    const trunk = await walk(
      '/v1/Trunks',
      { FriendlyName: 'x', DomainName: 'house.pstn.twilio.com' },
      { host, changed: { Secure: 'true' } },
    );
    const origination = { Weight: '10', Priority: '10', Enabled: 'true', FriendlyName: 'x', SipUrl: 'sip:203.0.113.7' };
    await drop(await walk(`${trunk}/OriginationUrls`, origination, { host, changed: { Weight: '20' } }), host);
    const list = sidOf(await post('/SIP/CredentialLists.json', { FriendlyName: 'trunk' }));
    await drop(await walk(`${trunk}/CredentialLists`, { CredentialListSid: list }, { host }), host);
    const allowed = sidOf(await post('/SIP/IpAccessControlLists.json', { FriendlyName: 'trunk' }));
    await drop(await walk(`${trunk}/IpAccessControlLists`, { IpAccessControlListSid: allowed }, { host }), host);
    const number = twilio.addNumber({ phoneNumber: '+15555550177' });
    await drop(await walk(`${trunk}/PhoneNumbers`, { PhoneNumberSid: number }, { host }), host);
    expect((await drop(`/IncomingPhoneNumbers/${number}.json`)).status).toBe(204);
    await get(`${trunk}/Recording`, host);
    await post(`${trunk}/Recording`, { Mode: 'record-from-answer' }, host);
    await drop(trunk, host);
  });

  it('flows, lookups, alerts, dialling permissions', async () => {
    const form = { FriendlyName: 'x', Status: 'draft', Definition: flow };
    await post('/v2/Flows/Validate', form, 'studio');
    await drop(await walk('/v2/Flows', form, { host: 'studio', changed: { Status: 'published' } }), 'studio');
    await get(`/v2/PhoneNumbers/${encodeURIComponent(theirs)}`, 'lookups');
    await get(`/v2/PhoneNumbers/${encodeURIComponent(theirs)}?Fields=caller_name,line_type_intelligence`, 'lookups');
    twilio.state.alert(11200, 'the house did not answer');
    await get('/v1/Alerts?LogLevel=error', 'monitor');
    await get('/Notifications.json');
    await get('/v1/DialingPermissions/Countries', 'voice');
  });

  it('no route of the emulator was left out', () => {
    const asked = new Set(twilio.requests.filter(({ status }) => (status ?? 500) < 300).map(({ endpoint }) => endpoint));
    expect(twilio.routes.filter(({ name }) => !asked.has(name)).map(({ name }) => name)).toEqual([]);
    expect(twilio.routes.filter((route) => operationOf(route) === undefined).map(({ path }) => path)).toEqual([]);
    expect([...twilio.state.replyDeviationsSeen]).toEqual([]);
    expect([...twilio.state.requestDeviationsSeen]).toEqual([]);
  });
});

describe('the comparison', () => {
  const fetched = openApiFacts.operations['GET api /Balance'];
  const sent = openApiFacts.operations['POST api /Messages'];
  if (fetched === undefined || sent === undefined) throw new Error('The facts lack what the test is about');
  const balance = { account_sid: `AC${'0'.repeat(32)}`, balance: '1.0', currency: 'USD' };
  it.each<[string, Readonly<Record<string, string | number>>, number, string[]]>([
    ['what is right', balance, 200, []],
    ['another status', balance, 201, ['status 201, not 200']],
    ['a pattern', { ...balance, account_sid: 'AC0' }, 200, ['api.v2010.account.balance.account_sid: "AC0"']],
    ['a type', { ...balance, balance: 1 }, 200, ['api.v2010.account.balance.balance: 1']],
    ['one too many', { ...balance, credit: 1 }, 200, ['api.v2010.account.balance.credit is unknown']],
    ['one too few', { balance: '1', currency: 'USD' }, 200, ['api.v2010.account.balance.account_sid is missing']],
    ['an error is none of its business', { code: 1 }, 404, []],
  ])('of answers: %s', (_what, json, status, expected) => {
    expect(replyDeviations(fetched, { status, json })).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    ['what is right', 'To=%2B15555550100&From=%2B15555550199&Body=x', []],
    ['an unknown name', 'To=%2B15555550100&Text=x', ['form.Text is unknown']],
    ['a missing one', 'Body=x', ['form.To is missing']],
    ['a value of no list', 'To=%2B15555550100&AddressRetention=keep', ['form.AddressRetention: keep']],
    ['a sid of another kind', 'To=%2B15555550100&MessagingServiceSid=AC1', ['form.MessagingServiceSid: AC1']],
  ])('of requests: %s', (_what, form, expected) => {
    const request = { method: 'POST', query: new URLSearchParams(), form: new URLSearchParams(form) };
    expect(requestDeviations(sent, request)).toEqual(expected);
  });
});
