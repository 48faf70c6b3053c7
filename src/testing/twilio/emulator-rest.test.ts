import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { TwilioEmulator } from './emulator.ts';
import { FakeWebhookServer } from './fake-webhook-server.ts';
import { rest, until } from './rest-caller.ts';
import type { RestResult } from './rest-caller.ts';

const ours = '+15555550199';
const theirs = '+15555550100';

test('refuses wrong credentials, other accounts, unknown paths and wrong methods as Twilio words it', async () => {
  await using twilio = await TwilioEmulator.start();
  expect(await rest(twilio, 'GET', '/Balance.json', { as: [twilio.accountSid, 'wrong'] })).toMatchObject({
    status: 401,
    json: { code: 20003, message: 'Authenticate', status: 401, more_info: 'https://www.twilio.com/docs/errors/20003' },
  });
  expect((await rest(twilio, 'GET', `/2010-04-01/Accounts/AC${'1'.repeat(32)}/Balance.json`)).status).toBe(401);
  expect(await rest(twilio, 'GET', '/Nothing.json')).toMatchObject({ status: 404, json: { code: 20404 } });
  expect(await rest(twilio, 'DELETE', '/Balance.json')).toMatchObject({ status: 405, json: { code: 20004 } });
});

test('sends its own headers and the account, its state and its money', async () => {
  await using twilio = await TwilioEmulator.start();
  const reply = await rest(twilio, 'GET', '.json', { host: 'api' }).catch(() => undefined);
  const account = reply ?? (await rest(twilio, 'GET', `/2010-04-01/Accounts/${twilio.accountSid}.json`));
  expect(account.status).toBeGreaterThan(0);
  const fetched = await rest(twilio, 'GET', `/2010-04-01/Accounts/${twilio.accountSid}.json`);
  expect(fetched.json).toMatchObject({ sid: twilio.accountSid, status: 'active', type: 'Full' });
  expect(fetched.headers.get('twilio-request-id')).toMatch(/^RQ[0-9a-f]{32}$/);
  expect(fetched.headers.get('twilio-concurrent-requests')).toBe('1');
  expect((await rest(twilio, 'GET', '/Balance.json')).json).toEqual({
    account_sid: twilio.accountSid,
    balance: '12.34',
    currency: 'USD',
  });
});

test('lets API keys do all but see the account, and forgets a token after its rotation', async () => {
  await using twilio = await TwilioEmulator.start();
  const key = twilio.account.addApiKey();
  const as: [string, string] = [key.sid, key.secret];
  expect((await rest(twilio, 'GET', '/IncomingPhoneNumbers.json?PageSize=1', { as })).status).toBe(200);
  expect((await rest(twilio, 'GET', `/2010-04-01/Accounts/${twilio.accountSid}.json`, { as })).json['code']).toBe(20003);
  const old = twilio.authToken;
  const next = twilio.account.createSecondaryToken();
  expect((await rest(twilio, 'GET', '/Balance.json', { as: [twilio.accountSid, next] })).status).toBe(200);
  twilio.account.promoteSecondaryToken();
  expect(twilio.authToken).toBe(next);
  expect((await rest(twilio, 'GET', '/Balance.json', { as: [twilio.accountSid, old] })).status).toBe(401);
});

test('answers in XML where .json is missing', async () => {
  await using twilio = await TwilioEmulator.start();
  expect((await rest(twilio, 'GET', '/Balance')).json['text']).toMatch(/^<\?xml.*<TwilioResponse><Resource><AccountSid>AC/s);
});

test('changes a number, and gives it to a trunk or to its voice address, never to both', async () => {
  await using twilio = await TwilioEmulator.start();
  const list = await rest(twilio, 'GET', '/IncomingPhoneNumbers.json?PhoneNumber=%2B15555550199');
  const [number] = list.json['incoming_phone_numbers'];
  expect(number).toMatchObject({ phone_number: ours, voice_url: '', capabilities: { voice: true, sms: true }, trunk_sid: null });
  const trunk = await rest(twilio, 'POST', '/v1/Trunks', {
    host: 'trunking',
    form: { FriendlyName: 'x', DomainName: 'house.pstn.twilio.com' },
  });
  expect(trunk).toMatchObject({ status: 201, json: { domain_name: 'house.pstn.twilio.com', symmetric_rtp_enabled: false } });
  const path = `/IncomingPhoneNumbers/${number.sid}.json`;
  await rest(twilio, 'POST', path, { form: { VoiceApplicationSid: 'AP1', VoiceUrl: 'https://house.example/v' } });
  const changed = await rest(twilio, 'POST', path, { form: { TrunkSid: trunk.json['sid'] } });
  expect(changed.json).toMatchObject({
    trunk_sid: trunk.json['sid'],
    voice_application_sid: '',
    voice_url: 'https://house.example/v',
  });
  expect((await rest(twilio, 'POST', path, { form: { VoiceUrl: 'not an address' } })).json['code']).toBe(21502);
});

test('pages by the address it gives, in both shapes', async () => {
  await using twilio = await TwilioEmulator.start({
    numbers: ['1', '2', '3', '4', '5'].map((digit) => ({ phoneNumber: `+1555555010${digit}` })),
  });
  const seen: string[] = [];
  let path: string | null = `/2010-04-01/Accounts/${twilio.accountSid}/IncomingPhoneNumbers.json?PageSize=2`;
  while (path !== null) {
    const page: RestResult = await rest(twilio, 'GET', path);
    seen.push(...page.json['incoming_phone_numbers'].map((number: { phone_number: string }) => number.phone_number));
    expect(page.json['page_size']).toBe(2);
    path = page.json['next_page_uri'];
  }
  expect(seen).toEqual(['1', '2', '3', '4', '5'].map((digit) => `+1555555010${digit}`));
  expect((await rest(twilio, 'GET', '/IncomingPhoneNumbers.json?PageSize=1001')).json['code']).toBe(20007);
  for (const name of ['a', 'b', 'c'])
    await rest(twilio, 'POST', '/v1/Trunks', { host: 'trunking', form: { FriendlyName: name } });
  const trunks = await rest(twilio, 'GET', '/v1/Trunks?PageSize=2', { host: 'trunking' });
  expect(trunks.json['meta']).toMatchObject({ page: 0, page_size: 2, key: 'trunks', previous_page_url: null });
  expect(trunks.json['meta'].next_page_url).toMatch(/^https:\/\/trunking\.twilio\.com\/v1\/Trunks\?/);
});

test('repeats what stood last on the page before when the list changed', async () => {
  await using twilio = await TwilioEmulator.start();
  for (const body of ['1', '2', '3', '4'])
    await rest(twilio, 'POST', '/Messages.json', { form: { To: theirs, From: ours, Body: body } });
  twilio.faults.add({ name: 'rest.page-changes-while-paging', count: 1 });
  const first = await rest(twilio, 'GET', '/Messages.json?PageSize=2');
  const second = await rest(twilio, 'GET', first.json['next_page_uri']);
  expect(first.json['messages'].map(({ body }: { body: string }) => body)).toEqual(['4', '3']);
  expect(second.json['messages'].map(({ body }: { body: string }) => body)).toEqual(['3', '2']);
});

test('makes SIP Domains, lists and both mappings, and refuses what Twilio refuses', async () => {
  await using twilio = await TwilioEmulator.start();
  twilio.state.foreignDomains.add('taken.sip.twilio.com');
  const domains = '/SIP/Domains.json';
  expect((await rest(twilio, 'POST', domains, { form: { DomainName: 'taken.sip.twilio.com' } })).json['code']).toBe(21232);
  expect((await rest(twilio, 'POST', domains, { form: { DomainName: 'house.example' } })).json['code']).toBe(21231);
  const domain = await rest(twilio, 'POST', domains, {
    form: { DomainName: 'home.sip.twilio.com', SipRegistration: 'true', Secure: 'false' },
  });
  expect(domain.json).toMatchObject({ sip_registration: true, secure: false, domain_name: 'home.sip.twilio.com' });
  const list = await rest(twilio, 'POST', '/SIP/CredentialLists.json', { form: { FriendlyName: 'GoSIP' } });
  const credentials = `/SIP/CredentialLists/${list.json['sid']}/Credentials.json`;
  expect((await rest(twilio, 'POST', credentials, { form: { Username: 'pbx', Password: 'weak' } })).json['code']).toBe(21243);
  const credential = await rest(twilio, 'POST', credentials, { form: { Username: 'pbx', Password: 'Correct-Horse-42' } });
  expect(credential.status).toBe(201);
  expect(JSON.stringify(credential.json)).not.toContain('Horse');
  for (const kind of ['Calls', 'Registrations']) {
    const path = `/SIP/Domains/${domain.json['sid']}/Auth/${kind}/CredentialListMappings.json`;
    const form = { CredentialListSid: list.json['sid'] };
    expect((await rest(twilio, 'POST', path, { form })).json).toMatchObject({ sid: list.json['sid'] });
    expect(await rest(twilio, 'POST', path, { form })).toMatchObject({ status: 400, json: { code: 21231 } });
    expect((await rest(twilio, 'GET', path)).json['contents']).toHaveLength(1);
  }
  const mapping = `/SIP/Domains/${domain.json['sid']}/Auth/Calls/CredentialListMappings/${list.json['sid']}.json`;
  expect((await rest(twilio, 'DELETE', `/SIP/CredentialLists/${list.json['sid']}.json`)).status).toBe(400);
  expect((await rest(twilio, 'DELETE', mapping)).status).toBe(204);
  expect((await rest(twilio, 'DELETE', `/SIP/Domains/${domain.json['sid']}.json`)).status).toBe(204);
  expect((await rest(twilio, 'DELETE', `/SIP/CredentialLists/${list.json['sid']}.json`)).status).toBe(204);
});

test('makes trunks with their addresses, numbers and lists', async () => {
  await using twilio = await TwilioEmulator.start();
  const host = 'trunking';
  const trunk = await rest(twilio, 'POST', '/v1/Trunks', { host, form: { FriendlyName: 'house' } });
  const at = `/v1/Trunks/${trunk.json['sid']}`;
  expect((await rest(twilio, 'POST', at, { host, form: { DomainName: 'x.example' } })).json['code']).toBe(21245);
  const url = { Weight: '1', Priority: '0', Enabled: 'true', FriendlyName: 'a', SipUrl: 'sip:203.0.113.7' };
  expect((await rest(twilio, 'POST', `${at}/OriginationUrls`, { host, form: url })).json).toMatchObject({
    weight: 1,
    enabled: true,
  });
  expect((await rest(twilio, 'POST', `${at}/OriginationUrls`, { host, form: { ...url, Weight: '0' } })).status).toBe(400);
  const [number] = (await rest(twilio, 'GET', '/IncomingPhoneNumbers.json')).json['incoming_phone_numbers'];
  await rest(twilio, 'POST', `${at}/PhoneNumbers`, { host, form: { PhoneNumberSid: number.sid } });
  expect((await rest(twilio, 'GET', `${at}/PhoneNumbers`, { host })).json['phone_numbers']).toHaveLength(1);
  expect((await rest(twilio, 'POST', `${at}/Recording`, { host, form: { Mode: 'record-from-answer' } })).json['mode']).toBe(
    'record-from-answer',
  );
  expect((await rest(twilio, 'DELETE', at, { host })).status).toBe(204);
  expect((await rest(twilio, 'GET', '/IncomingPhoneNumbers.json')).json['incoming_phone_numbers'][0].trunk_sid).toBeNull();
});

test('looks numbers up, keeps addresses, flows and permissions', async () => {
  await using twilio = await TwilioEmulator.start();
  twilio.state.callerNames.set(theirs, 'DOE JANE');
  const looked = await rest(twilio, 'GET', `/v2/PhoneNumbers/${encodeURIComponent(theirs)}?Fields=caller_name`, {
    host: 'lookups',
  });
  expect(looked.json).toMatchObject({ valid: true, caller_name: { caller_name: 'DOE JANE' }, line_type_intelligence: null });
  const place = { CustomerName: 'A', Street: '1 Nowhere Rd', City: 'B', Region: 'CA', PostalCode: '94105', IsoCountry: 'US' };
  expect((await rest(twilio, 'POST', '/Addresses.json', { form: { ...place, EmergencyEnabled: 'true' } })).json['code']).toBe(
    21628,
  );
  expect((await rest(twilio, 'POST', '/Addresses.json', { form: place })).status).toBe(201);
  const flow = { FriendlyName: 'f', Status: 'published', Definition: JSON.stringify({ states: [], initial_state: 'Trigger' }) };
  expect((await rest(twilio, 'POST', '/v2/Flows', { host: 'studio', form: flow })).json).toMatchObject({
    revision: 1,
    valid: true,
  });
  expect((await rest(twilio, 'POST', '/v2/Flows/Validate', { host: 'studio', form: { Definition: '{}' } })).json['code']).toBe(
    81022,
  );
  expect((await rest(twilio, 'GET', '/v1/DialingPermissions/Countries', { host: 'voice' })).json['content']).toHaveLength(3);
});

test.each<[name: string, form: Record<string, string>, code: number]>([
  ['no To', { From: ours, Body: 'x' }, 21604],
  ['no From', { To: theirs, Body: 'x' }, 21603],
  ['nothing to say', { To: theirs, From: ours }, 21619],
  ['a wrong To', { To: '12', From: ours, Body: 'x' }, 21211],
  ['a From of somebody else', { To: theirs, From: '+15555550111', Body: 'x' }, 21606],
  ['too long a text', { To: theirs, From: ours, Body: 'x'.repeat(1601) }, 21617],
  ['media on the LAN', { To: theirs, From: ours, MediaUrl: 'http://192.168.1.2/x.jpg' }, 21620],
  ['a callback without a host', { To: theirs, From: ours, Body: 'x', StatusCallback: '/status' }, 21609],
])('refuses a message with %s', async (_name, form, code) => {
  await using twilio = await TwilioEmulator.start();
  expect(await rest(twilio, 'POST', '/Messages.json', { form })).toMatchObject({ status: 400, json: { code } });
  expect(twilio.messages).toEqual([]);
});

test('sends a message, reports it signed with its port, and lists it newest first by its filters', async () => {
  await using twilio = await TwilioEmulator.start();
  await using webhookServer = await FakeWebhookServer.start(() => twilio.authToken);
  twilio.mapOrigin('https://house.example', webhookServer.origin);
  const form = { To: theirs, From: ours, Body: 'caffè', StatusCallback: 'https://house.example/status?id=1' };
  const made = await rest(twilio, 'POST', '/Messages.json', { form });
  expect(made).toMatchObject({
    status: 201,
    json: {
      status: 'queued',
      direction: 'outbound-api',
      num_segments: '1',
      num_media: '0',
      price: null,
      error_code: null,
      body: 'caffè',
    },
  });
  await until(() => webhookServer.requestsTo('/status').length === 2);
  expect(new Set(webhookServer.requestsTo('/status').map(({ fields }) => fields['MessageStatus']))).toEqual(
    new Set(['delivered', 'sent']),
  );
  expect(webhookServer.received.every(({ isSigned }) => isSigned)).toBe(true);
  expect(webhookServer.received[0]?.headers).toMatchObject({
    'user-agent': 'TwilioProxy/1.1',
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'i-twilio-idempotency-token': expect.stringMatching(/^[\da-f-]{36}$/),
  });
  const fetched = await rest(twilio, 'GET', `/Messages/${made.json['sid']}.json`);
  expect(fetched.json).toMatchObject({ status: 'delivered', price: '-0.00790' });
  const from = encodeURIComponent(ours);
  expect((await rest(twilio, 'GET', `/Messages.json?From=${from}&DateSent%3E=2020-01-01`)).json['messages']).toHaveLength(1);
  expect((await rest(twilio, 'GET', `/Messages.json?DateSent%3C=2020-01-01`)).json['messages']).toHaveLength(0);
  expect((await rest(twilio, 'DELETE', `/Messages/${made.json['sid']}.json`)).status).toBe(204);
});

test('ends what an unregistered number sends as undelivered with 30034', async () => {
  // Its clock stands still while the message is still under way.
  const clock = new FakeClock();
  await using twilio = await TwilioEmulator.start({ clock, numbers: [{ phoneNumber: ours, isUnregistered: true }] });
  const made = await rest(twilio, 'POST', '/Messages.json', { form: { To: theirs, From: ours, Body: 'x' } });
  expect((await rest(twilio, 'DELETE', `/Messages/${made.json['sid']}.json`)).json['code']).toBe(20009);
  await until(() => {
    clock.advance(1_000);
    return twilio.messages[0]?.status === 'undelivered';
  });
  expect((await rest(twilio, 'GET', `/Messages/${made.json['sid']}.json`)).json).toMatchObject({ error_code: 30034 });
});

test('keeps STOP per pair and answers it itself; START undoes it', async () => {
  await using twilio = await TwilioEmulator.start();
  await using webhookServer = await FakeWebhookServer.start(() => twilio.authToken);
  twilio.mapOrigin('https://house.example', webhookServer.origin);
  twilio.state.numberOf(ours)!['sms_url'] = 'https://house.example/sms';
  await twilio.sendSmsFrom(theirs, ours, { body: ' Stop ' });
  const send = { form: { To: theirs, From: ours, Body: 'x' } };
  expect((await rest(twilio, 'POST', '/Messages.json', send)).json['code']).toBe(21610);
  expect(webhookServer.requestsTo('/sms')[0]?.fields).toMatchObject({ Body: ' Stop ', SmsStatus: 'received', NumMedia: '0' });
  await twilio.sendSmsFrom(theirs, ours, { body: 'START' });
  expect((await rest(twilio, 'POST', '/Messages.json', send)).status).toBe(201);
});

test('hands in media by a redirect to a host that takes no Authorization', async () => {
  await using twilio = await TwilioEmulator.start();
  await using webhookServer = await FakeWebhookServer.start(() => twilio.authToken);
  twilio.mapOrigin('https://house.example', webhookServer.origin);
  twilio.state.numberOf(ours)!['sms_url'] = 'https://house.example/sms';
  await twilio.sendSmsFrom(theirs, ours, { media: [{ contentType: 'image/jpeg', bytes: Buffer.from('picture') }] });
  const { fields } = webhookServer.requestsTo('/sms')[0]!;
  expect(fields).toMatchObject({ NumMedia: '1', MediaContentType0: 'image/jpeg', MessageSid: expect.stringMatching(/^MM/) });
  const path = new URL(fields['MediaUrl0']!).pathname;
  const redirect = await rest(twilio, 'GET', path);
  expect(redirect.status).toBe(307);
  const there = redirect.headers.get('location')!;
  expect(await (await fetch(there)).text()).toBe('picture');
  expect((await fetch(there, { headers: { authorization: 'Basic eDp5' } })).status).toBe(400);
  expect((await rest(twilio, 'GET', `${path}.json`)).json).toMatchObject({ content_type: 'image/jpeg' });
});

test('sends what the house answers a message with, text and XML alike', async () => {
  await using twilio = await TwilioEmulator.start();
  await using webhookServer = await FakeWebhookServer.start(() => twilio.authToken);
  twilio.mapOrigin('https://house.example', webhookServer.origin);
  twilio.state.numberOf(ours)!['sms_url'] = 'https://house.example/sms';
  webhookServer.on(
    '/sms',
    '<Response><Message>Back later</Message><Message to="+15555550111"><Body>fyi</Body></Message></Response>',
  );
  expect((await twilio.sendSmsFrom(theirs, ours, { body: 'hi' })).replies).toHaveLength(2);
  webhookServer.on('/sms', { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'plain' });
  await twilio.sendSmsFrom(theirs, ours, { body: 'hi' });
  const sent = twilio.messages.filter(({ direction }) => direction === 'outbound-reply').map(({ to, body }) => [to, body]);
  expect(sent).toEqual([
    [theirs, 'Back later'],
    ['+15555550111', 'fyi'],
    [theirs, 'plain'],
  ]);
  webhookServer.on('/sms', { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body: '' });
  await twilio.sendSmsFrom(theirs, ours, { body: 'hi' });
  expect(twilio.alerts).toContain(12300);
});

test('asks the fallback address once when the house fails', async () => {
  await using twilio = await TwilioEmulator.start();
  await using webhookServer = await FakeWebhookServer.start(() => twilio.authToken);
  twilio.mapOrigin('https://house.example', webhookServer.origin);
  Object.assign(twilio.state.numberOf(ours)!, {
    sms_url: 'https://house.example/sms',
    sms_fallback_url: 'https://house.example/else',
  });
  webhookServer.on('/sms', { status: 503 });
  expect(await twilio.sendSmsFrom(theirs, ours, { body: 'hi' })).toMatchObject({ status: 200 });
  expect(webhookServer.requestsTo('/else')[0]?.fields).toMatchObject({
    ErrorCode: '11200',
    ErrorUrl: 'https://house.example/sms',
  });
});

test('answers over TLS too, and knows its products by the Host header as the SDK names them', async () => {
  const made = makeCertificate(['DNS:*.twilio.com']);
  const cert = readFileSync(made.certFile);
  await using twilio = await TwilioEmulator.start({ tls: { key: readFileSync(made.keyFile), cert } });
  made.remove();
  const { port } = new URL(twilio.secureApiBase ?? '');
  const status = await new Promise<number>((resolve, reject) => {
    const auth = `${twilio.accountSid}:${twilio.authToken}`;
    const headers = { Host: 'trunking.twilio.com' };
    const options = { host: '127.0.0.1', port, path: '/v1/Trunks', auth, headers, ca: cert, servername: 'api.twilio.com' };
    get(options, (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject);
  });
  expect(status).toBe(200);
});
