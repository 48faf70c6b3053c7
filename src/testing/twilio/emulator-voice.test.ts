import { expect, test } from 'vitest';
import { energyAt, readWav } from '#testing/base/wav.ts';
import { rest } from './rest-caller.ts';
import { ours, theirs, VoiceHarness } from './voice-harness.ts';

const dial = (
  attributes = '',
  nouns = '<Sip>sip:pbx@home.sip.twilio.com;transport=tls?x-did=%2B1555&amp;x-gosip-call=k1</Sip>',
): string => `<Response><Dial action="/done" ${attributes}>${nouns}</Dial><Say>never</Say></Response>`;

test('asks the voice address with all its fields, signed, and ends the call at the end of the document', async () => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on('/voice', '<Response><Say>hello</Say></Response>');
  const caller = harness.twilio.callFrom(theirs, ours, { stirVerstat: 'TN-Validation-Passed-A', callerName: 'DOE' });
  await harness.over(caller.callSid);
  const asked = await harness.webhook('/voice');
  expect(asked.isSigned).toBe(true);
  expect(asked.fields).toMatchObject({
    AccountSid: harness.twilio.accountSid,
    CallSid: caller.callSid,
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: theirs,
    Caller: theirs,
    To: ours,
    Called: ours,
    ApiVersion: '2010-04-01',
    StirVerstat: 'TN-Validation-Passed-A',
    CallerName: 'DOE',
    FromState: 'CA',
    FromCity: '',
  });
  const ended = await harness.webhook('/ended');
  expect(ended.fields).toMatchObject({ CallStatus: 'completed', CallbackSource: 'call-progress-events', CallDuration: '0' });
  expect(harness.webhookServer.requestsTo('/ended')).toHaveLength(1);
});

test('rings a registered phone with its headers, bridges, and asks the action what next', async () => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  harness.voice.setPhone('sip:pbx@home.sip.twilio.com', { hangUpAfterMs: 3000, headers: { 'X-Device': 'kitchen' } });
  const callbacks = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"';
  harness.webhookServer.on(
    '/voice',
    dial('answerOnBridge="true"', `<Sip ${callbacks}>sip:pbx@home.sip.twilio.com?x-did=%2B1555</Sip>`),
  );
  harness.webhookServer.on('/done', '<Response><Hangup/></Response>');
  const caller = harness.twilio.callFrom(theirs, ours);
  await harness.over(caller.callSid);
  expect(harness.voice.placed[0]).toMatchObject({
    callerId: theirs,
    headers: { 'X-Did': '+1555' },
    to: 'sip:pbx@home.sip.twilio.com',
  });
  const [, child] = harness.twilio.calls;
  expect(child).toMatchObject({ parentSid: caller.callSid, direction: 'outbound-dial', status: 'completed' });
  expect((await harness.webhook('/done')).fields).toMatchObject({
    CallStatus: 'in-progress',
    DialCallStatus: 'completed',
    DialCallSid: child?.sid,
    DialCallDuration: '3',
    DialBridged: 'true',
    DialSipResponseCode: '200',
    'DialSipHeader_X-Device': 'kitchen',
    DialSipCallId: 'fake@0.0.0.0',
  });
  const legs = harness.webhookServer.requestsTo('/leg').map(({ fields }) => fields);
  expect(new Set(legs.map((fields) => `${fields['SequenceNumber']} ${fields['CallStatus']}`))).toEqual(
    new Set(['0 initiated', '1 ringing', '2 in-progress', '3 completed']),
  );
  expect(legs[0]).toMatchObject({ ParentCallSid: caller.callSid, Direction: 'outbound-dial' });
  expect(harness.voice.bridges).toBe(0);
});

test('keeps the caller ringing until bridged only with answerOnBridge', async () => {
  for (const [attributes, status] of [
    ['answerOnBridge="true"', 'ringing'],
    ['', 'in-progress'],
  ] as const) {
    await using harness = await VoiceHarness.start();
    await harness.addDomain();
    harness.voice.setPhone('sip:pbx@home.sip.twilio.com', { neverAnswers: true });
    harness.webhookServer.on('/voice', dial(`timeout="10" ${attributes}`));
    const before = harness.clock.now();
    const caller = harness.twilio.callFrom(theirs, ours);
    const done = await harness.webhook('/done');
    expect(done.fields).toMatchObject({ CallStatus: status, DialCallStatus: 'no-answer', DialBridged: 'false' });
    expect(done.fields).not.toHaveProperty('DialCallDuration');
    // Twilio rings about five seconds longer than it was told.
    expect(harness.clock.now() - before).toBeGreaterThanOrEqual(15_000);
    await harness.over(caller.callSid);
  }
});

test.each([
  [486, 'busy'],
  [603, 'busy'],
  [480, 'no-answer'],
  [503, 'failed'],
])('tells a phone that refuses with %i as %s', async (refusesWith, status) => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  harness.voice.setPhone('sip:pbx@home.sip.twilio.com', { refusesWith });
  harness.webhookServer.on('/voice', dial());
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/done')).fields).toMatchObject({
    DialCallStatus: status,
    DialSipResponseCode: String(refusesWith),
  });
});

test('fails the dial to a phone that is not registered, with 32009', async () => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  harness.webhookServer.on('/voice', dial());
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/done')).fields).toMatchObject({ DialCallStatus: 'failed' });
  expect(harness.twilio.alerts).toContain(32009);
});

test('tells the action of a caller who left while it rang, and does not obey it', async () => {
  for (const abandonedCallStatus of ['canceled', 'completed', 'no-answer'] as const) {
    await using harness = await VoiceHarness.start({ switches: { abandonedCallStatus, abandonedDialStatus: 'canceled' } });
    await harness.addDomain();
    harness.voice.setPhone('sip:pbx@home.sip.twilio.com', { neverAnswers: true });
    harness.webhookServer.on('/voice', dial('answerOnBridge="true"'));
    harness.webhookServer.on('/done', '<Response><Record action="/vm"/></Response>');
    const caller = harness.twilio.callFrom(theirs, ours);
    await harness.until(() => harness.voice.placed.length === 1);
    caller.hangUp();
    expect((await harness.webhook('/done')).fields).toMatchObject({
      CallStatus: abandonedCallStatus,
      DialCallStatus: 'canceled',
    });
    await harness.over(caller.callSid);
    expect(harness.webhookServer.requestsTo('/vm')).toEqual([]);
    expect((await harness.webhook('/ended')).fields['CallStatus']).toBe(abandonedCallStatus);
    expect(harness.twilio.calls[1]?.status).toBe('canceled');
  }
});

test('falls through a dial without an action even after a call that was talked out', async () => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  harness.voice.setPhone('sip:pbx@home.sip.twilio.com', { hangUpAfterMs: 1000 });
  const nouns = '<Sip>sip:pbx@home.sip.twilio.com</Sip>';
  harness.webhookServer.on(
    '/voice',
    `<Response><Dial>${nouns}</Dial><Redirect>/after</Redirect><Redirect>/never</Redirect></Response>`,
  );
  const caller = harness.twilio.callFrom(theirs, ours);
  await harness.webhook('/after');
  await harness.over(caller.callSid);
  expect(harness.webhookServer.requestsTo('/never')).toEqual([]);
});

test('rings many at once, lets the first win, and one after another where asked', async () => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  harness.voice.setPhone('sip:slow@home.sip.twilio.com', { ringMs: 2000 });
  harness.voice.setPhone('sip:fast@home.sip.twilio.com', { ringMs: 1000, hangUpAfterMs: 1000 });
  const both = '<Sip>sip:slow@home.sip.twilio.com</Sip><Sip>sip:fast@home.sip.twilio.com</Sip>';
  harness.webhookServer.on('/voice', dial('', both));
  const first = harness.twilio.callFrom(theirs, ours);
  await harness.over(first.callSid);
  expect(harness.twilio.calls.slice(1).map(({ status }) => status)).toEqual(['canceled', 'completed']);
  harness.voice.setPhone('sip:slow@home.sip.twilio.com', { ringMs: 100, refusesWith: 486 });
  harness.webhookServer.on('/voice', dial('sequential="true"', both));
  const second = harness.twilio.callFrom(theirs, ours);
  await harness.over(second.callSid);
  expect(harness.twilio.calls.slice(4).map(({ status }) => status)).toEqual(['busy', 'completed']);
});

test.each([
  ['a LAN host', '<Sip>sip:101@192.168.1.20</Sip>', 13254],
  ['a .local host', '<Sip>sip:101@phone.local</Sip>', 13254],
  ['the domain of somebody else', '<Sip>sip:pbx@other.sip.twilio.com</Sip>', 13255],
  ['an edge in the host', '<Sip>sip:pbx@home.sip.dublin.twilio.com</Sip>', 32220],
  ['no user', '<Sip>sip:home.sip.twilio.com</Sip>', 32223],
  ['sips', '<Sip>sips:pbx@home.sip.twilio.com</Sip>', 13243],
  ['a header it does not pass', '<Sip>sip:pbx@home.sip.twilio.com?Subject=x</Sip>', 13252],
  ['no number', '<Number>101</Number>', 13223],
  ['eleven nouns', '<Sip>sip:pbx@home.sip.twilio.com</Sip>'.repeat(11), 13250],
])('does not dial %s', async (_name, nouns, code) => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  harness.webhookServer.on('/voice', dial('', nouns));
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/done')).fields).toMatchObject({ DialCallStatus: 'failed' });
  expect(harness.twilio.alerts).toContain(code);
  expect(harness.voice.placed).toEqual([]);
});

test.each([
  ['a withheld caller', '+266696687', '', 13247],
  ['a number of somebody else', theirs, 'callerId="+15555550142"', 13214],
])('does not show %s to the telephone network', async (_name, from, attributes, code) => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on('/voice', dial(attributes, '<Number>+15555550177</Number>'));
  harness.twilio.callFrom(from, ours);
  expect((await harness.webhook('/done')).fields).toMatchObject({ DialCallStatus: 'failed' });
  expect(harness.twilio.alerts).toContain(code);
});

test('dials the telephone network, where a far phone behaves as told', async () => {
  await using harness = await VoiceHarness.start();
  harness.twilio.setFarPhone('+15555550177', { calls: { outcome: 'answers', hangUpAfterMs: 2000 } });
  harness.twilio.setFarPhone('+15555550178', { calls: { outcome: 'busy' } });
  harness.webhookServer.on('/voice', dial('', '<Number>+15555550177</Number>'));
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/done')).fields).toMatchObject({ DialCallStatus: 'completed', DialCallDuration: '2' });
  harness.webhookServer.on('/voice', dial('', '<Number>+15555550178</Number>'));
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/done', 2)).fields).toMatchObject({ DialCallStatus: 'busy' });
});

test('screens a callee before bridging: one that does not press a key is not connected', async () => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on('/voice', dial('timeout="30"', '<Number url="/screen">+15555550177</Number>'));
  harness.webhookServer.on('/screen', '<Response><Gather numDigits="1" timeout="3" action="/pressed"/><Hangup/></Response>');
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/done')).fields).toMatchObject({ DialBridged: 'false' });
  expect(harness.voice.bridges).toBe(0);
  expect((await harness.webhook('/screen')).fields).toMatchObject({
    Direction: 'outbound-dial',
    ParentCallSid: expect.stringMatching(/^CA/),
  });
});

const record =
  '<Response><Record action="/vm" recordingStatusCallback="/rec" recordingStatusCallbackEvent="in-progress completed absent" ';

test('records what the caller says as 8 kHz WAV, ready only some time later, and transcribes it', async () => {
  await using harness = await VoiceHarness.start();
  harness.twilio.setTranscript('Call me back.');
  harness.webhookServer.on(
    '/voice',
    `${record} timeout="3" maxLength="60" transcribe="true" transcribeCallback="/text"/></Response>`,
  );
  const caller = harness.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440, seconds: 5 } });
  const action = await harness.webhook('/vm');
  const { RecordingSid: sid = '', RecordingUrl: url = '' } = action.fields;
  expect(action.fields).toMatchObject({ CallStatus: 'in-progress', RecordingDuration: '8', Digits: '' });
  expect(url).toBe(`https://api.twilio.com/2010-04-01/Accounts/${harness.twilio.accountSid}/Recordings/${sid}`);
  await harness.until(() =>
    harness.webhookServer.requestsTo('/rec').some(({ fields }) => fields['RecordingStatus'] === 'completed'),
  );
  const completed = harness.webhookServer.requestsTo('/rec').find(({ fields }) => fields['RecordingStatus'] === 'completed');
  expect(completed?.fields).toMatchObject({
    CallSid: caller.callSid,
    RecordingSource: 'RecordVerb',
    RecordingChannels: '1',
    ErrorCode: '0',
  });
  expect(completed?.fields).not.toHaveProperty('From');
  const authorization = `Basic ${Buffer.from(`${harness.twilio.accountSid}:${harness.twilio.authToken}`).toString('base64')}`;
  const response = await fetch(`${harness.twilio.apiBase}/api.twilio.com${new URL(url).pathname}.wav`, {
    headers: { authorization },
  });
  expect(response.headers.get('content-type')).toBe('audio/x-wav');
  const sound = readWav(Buffer.from(await response.arrayBuffer()));
  expect(sound.sampleRate).toBe(8000);
  expect(energyAt(sound, 440)).toBeGreaterThan(0.9);
  expect((await harness.webhook('/text')).fields).toMatchObject({
    TranscriptionText: 'Call me back.',
    TranscriptionStatus: 'completed',
  });
  expect((await rest(harness.twilio, 'GET', `/Recordings/${sid}.json`)).json).toMatchObject({
    status: 'completed',
    duration: '8',
    source: 'RecordVerb',
  });
  expect((await rest(harness.twilio, 'GET', `/Recordings/${sid}.wav?RequestedChannels=2`)).status).toBe(400);
  expect((await rest(harness.twilio, 'DELETE', `/Recordings/${sid}.json`)).status).toBe(204);
  expect((await rest(harness.twilio, 'GET', `/Recordings/${sid}.wav`)).status).toBe(404);
  expect((await rest(harness.twilio, 'GET', `/Recordings.json?IncludeSoftDeleted=true`)).json['recordings'][0].status).toBe(
    'deleted',
  );
});

test('is not there before it is completed', async () => {
  await using harness = await VoiceHarness.start({ delays: { recordingReady: 60_000 } });
  harness.webhookServer.on('/voice', `${record}/></Response>`);
  harness.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440, seconds: 4 } });
  const sid = (await harness.webhook('/vm')).fields['RecordingSid'];
  expect((await rest(harness.twilio, 'GET', `/Recordings/${sid}.wav`)).status).toBe(404);
  expect((await rest(harness.twilio, 'DELETE', `/Recordings/${sid}.json`)).json['code']).toBe(20009);
});

test('tells the action of a caller who hung up into the recording', async () => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on('/voice', `${record}/></Response>`);
  const caller = harness.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440 } });
  await harness.until(() => harness.twilio.recordings.length === 1);
  for (let turn = 0; turn < 100; turn += 1) await harness.clock.advanceAsync(50);
  caller.hangUp();
  expect((await harness.webhook('/vm')).fields).toMatchObject({
    CallStatus: 'completed',
    Digits: 'hangup',
    RecordingDuration: '5',
  });
  await harness.until(() =>
    harness.webhookServer.requestsTo('/rec').some(({ fields }) => fields['RecordingStatus'] === 'completed'),
  );
});

test('saves a silent recording, and goes to the action and to no other verb', async () => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on('/voice', `${record}/><Redirect>/after</Redirect></Response>`);
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/vm')).fields['RecordingUrl']).toMatch(/Recordings\/RE/);
  await harness.until(() =>
    harness.webhookServer.requestsTo('/rec').some(({ fields }) => fields['RecordingStatus'] === 'completed'),
  );
  expect(harness.webhookServer.requestsTo('/after')).toEqual([]);
});

test('says that nothing was said as absent, where the account drops silent recordings', async () => {
  await using harness = await VoiceHarness.start({ switches: { silentRecordings: 'dropped' } });
  harness.webhookServer.on('/voice', `${record}/><Redirect>/after</Redirect></Response>`);
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/vm')).fields).toMatchObject({ RecordingDuration: '0' });
  await harness.until(() =>
    harness.webhookServer.requestsTo('/rec').some(({ fields }) => fields['RecordingStatus'] === 'absent'),
  );
  expect([
    harness.webhookServer.requestsTo('/after'),
    harness.webhookServer.requestsTo('/vm')[0]?.fields['RecordingUrl'],
  ]).toEqual([[], undefined]);
});

test('asks the document itself again where a Record names no action, and flags the loop', async () => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on('/voice', '<Response><Record maxLength="3"/></Response>');
  const caller = harness.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440 } });
  await harness.until(() => harness.twilio.state.loops.length > 2);
  caller.hangUp();
  await harness.over(caller.callSid);
  expect(harness.webhookServer.requestsTo('/voice').length).toBeGreaterThan(2);
});

test('gathers digits, and falls through when none came', async () => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on(
    '/voice',
    '<Response><Gather numDigits="2" action="/pressed"><Say>press</Say></Gather><Redirect>/none</Redirect></Response>',
  );
  const caller = harness.twilio.callFrom(theirs, ours);
  await harness.until(() => harness.voice.legs.length === 1 && harness.twilio.calls[0]?.status === 'in-progress');
  caller.press('12');
  expect((await harness.webhook('/pressed')).fields['Digits']).toBe('12');
  harness.twilio.callFrom(theirs, ours);
  await harness.webhook('/none');
});

test.each([
  ['rejected', '<Reject/>', 'no-answer'],
  ['busy', '<Reject reason="busy"/>', 'busy'],
])('rejects as %s without answering', async (_name, verb, status) => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on('/voice', `<Response>${verb}</Response>`);
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/ended')).fields).toMatchObject({ CallStatus: status, CallDuration: '0' });
  expect(harness.twilio.calls[0]?.answeredMs).toBeNull();
});

test.each<[name: string, answer: { status: number; headers?: Record<string, string>; body?: string }, code: number]>([
  [
    'a reason of its own for Reject',
    { status: 200, headers: { 'Content-Type': 'text/xml' }, body: '<Response><Reject reason="blocked"/></Response>' },
    13810,
  ],
  [
    'a blank line before the prolog',
    { status: 200, headers: { 'Content-Type': 'text/xml' }, body: '\n<?xml version="1.0"?><Response/>' },
    12100,
  ],
  ['another root', { status: 200, headers: { 'Content-Type': 'text/xml' }, body: '<response/>' }, 12102],
  ['an open tag', { status: 200, headers: { 'Content-Type': 'text/xml' }, body: '<Response><Say>x</Response>' }, 12100],
  ['no content type', { status: 200, body: '<Response/>' }, 12300],
  [
    'more than 64 kB',
    { status: 200, headers: { 'Content-Type': 'text/xml' }, body: `<Response><!--${'x'.repeat(70_000)}--></Response>` },
    11750,
  ],
  ['a failure', { status: 500 }, 11200],
  ['a redirect without an address', { status: 302 }, 11216],
  ['a redirect to itself', { status: 302, headers: { Location: '/voice' } }, 11215],
])('ends the call over %s, as an application error', async (_name, answer, code) => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on('/voice', answer);
  harness.twilio.callFrom(theirs, ours);
  await harness.webhook('/ended');
  expect(harness.twilio.alerts).toContain(code);
});

test('warns of what it does not know and leaves it out', async () => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on(
    '/voice',
    '<Response><say>no</say><Pause length="1" colour="red"/><Redirect>/after</Redirect></Response>',
  );
  harness.twilio.callFrom(theirs, ours);
  await harness.webhook('/after');
  expect(harness.twilio.alerts.filter((code) => code === 12200)).toHaveLength(2);
});

test('asks the fallback address once, with what went wrong', async () => {
  await using harness = await VoiceHarness.start();
  Object.assign(harness.twilio.state.numberOf(ours)!, { voice_fallback_url: 'https://house.example/else' });
  harness.webhookServer.on('/voice', { status: 404 });
  harness.webhookServer.on('/else', '<Response><Reject/></Response>');
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/else')).fields).toMatchObject({ ErrorCode: '11200', ErrorUrl: 'https://house.example/voice' });
  expect((await harness.webhook('/ended')).fields['CallStatus']).toBe('no-answer');
});

test('ends a call to a number without a voice address in silence', async () => {
  await using harness = await VoiceHarness.start();
  Object.assign(harness.twilio.state.numberOf(ours)!, { voice_url: '' });
  harness.twilio.callFrom(theirs, ours);
  expect((await harness.webhook('/ended')).fields['CallStatus']).toBe('failed');
  expect(harness.twilio.alerts).toEqual([]);
});

test('refuses a private host unless the test says where it is', async () => {
  await using harness = await VoiceHarness.start();
  Object.assign(harness.twilio.state.numberOf(ours)!, { voice_url: `${harness.webhookServer.origin}/voice` });
  const caller = harness.twilio.callFrom(theirs, ours);
  await harness.over(caller.callSid);
  expect(harness.twilio.alerts).toContain(11205);
});

test('speaks plain text, plays sound, and refuses to play what is neither', async () => {
  await using harness = await VoiceHarness.start();
  harness.webhookServer.on('/voice', { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'hello' });
  const caller = harness.twilio.callFrom(theirs, ours);
  await harness.over(caller.callSid);
  expect(harness.voice.legs[0]?.played).toHaveLength(1);
  harness.webhookServer.on('/voice', '<Response><Play>/greeting</Play><Redirect>/after</Redirect></Response>');
  harness.webhookServer.on('/greeting', { status: 200, headers: { 'Content-Type': 'text/html' }, body: 'x' });
  harness.twilio.callFrom(theirs, ours);
  await harness.webhook('/after');
  expect(harness.twilio.alerts).toContain(13420);
});

test('strips the fragment, obeys what it says, and keeps cookies within a call', async () => {
  await using harness = await VoiceHarness.start();
  Object.assign(harness.twilio.state.numberOf(ours)!, { voice_url: 'https://user:pw@house.example/voice?a=1#rc=2&rp=5xx' });
  let asked = 0;
  harness.webhookServer.on('/voice', () => {
    asked += 1;
    if (asked < 3) return { status: 503 };
    return {
      status: 200,
      headers: { 'Content-Type': 'text/xml', 'Set-Cookie': 'k=v; Path=/' },
      body: '<Response><Redirect>/next</Redirect></Response>',
    };
  });
  harness.twilio.callFrom(theirs, ours);
  const next = await harness.webhook('/next');
  expect(next.headers.cookie).toBe('k=v');
  expect(harness.webhookServer.requestsTo('/voice')).toHaveLength(3);
  expect(harness.webhookServer.received.every(({ isSigned }) => isSigned)).toBe(true);
  const tokens = new Set(harness.webhookServer.requestsTo('/voice').map(({ headers }) => headers['i-twilio-idempotency-token']));
  expect(tokens.size).toBe(1);
});

test('records a dialled call, and on demand a live one', async () => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  harness.voice.setPhone('sip:pbx@home.sip.twilio.com', {});
  harness.webhookServer.on('/voice', dial('record="record-from-answer-dual" recordingStatusCallback="/rec"'));
  const caller = harness.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440 } });
  await harness.until(() => harness.voice.bridges === 1);
  const started = await rest(harness.twilio, 'POST', `/Calls/${caller.callSid}/Recordings.json`, { form: {} });
  // One runs already: a second start does nothing.
  expect(started.json).toMatchObject({ status: 'in-progress', duration: null, channels: 2, source: 'DialVerb' });
  const current = `/Calls/${caller.callSid}/Recordings/Twilio.CURRENT.json`;
  expect((await rest(harness.twilio, 'POST', current, { form: { Status: 'paused' } })).json['status']).toBe('paused');
  for (let turn = 0; turn < 60; turn += 1) await harness.clock.advanceAsync(50);
  caller.hangUp();
  expect((await harness.webhook('/done')).fields).toMatchObject({
    CallStatus: 'completed',
    DialCallStatus: 'completed',
    RecordingUrl: expect.any(String),
  });
  expect((await harness.webhook('/rec')).fields).toMatchObject({
    RecordingChannels: '2',
    RecordingSource: 'DialVerb',
    CallSid: caller.callSid,
  });
  expect((await rest(harness.twilio, 'POST', `/Calls/${caller.callSid}/Recordings.json`, { form: {} })).json['code']).toBe(21220);
});

test('places calls by REST, redirects and ends them, and refuses what is over', async () => {
  await using harness = await VoiceHarness.start();
  const twiml = '<Response><Pause length="60"/></Response>';
  const form = { To: theirs, From: ours, Twiml: twiml, StatusCallback: 'https://house.example/leg' };
  const made = await rest(harness.twilio, 'POST', '/Calls.json', { form });
  expect(made).toMatchObject({ status: 201, json: { status: 'queued', direction: 'outbound-api', duration: null } });
  const path = `/Calls/${made.json['sid']}.json`;
  await harness.until(() => harness.twilio.calls[0]?.status === 'in-progress');
  await rest(harness.twilio, 'POST', path, { form: { Url: 'https://house.example/new' } });
  harness.webhookServer.on('/new', twiml);
  await harness.webhook('/new');
  expect((await rest(harness.twilio, 'POST', path, { form: { Status: 'completed' } })).status).toBe(200);
  await harness.webhook('/leg');
  expect((await rest(harness.twilio, 'POST', path, { form: { Status: 'completed' } })).json['code']).toBe(21220);
  expect((await rest(harness.twilio, 'GET', '/Calls.json?Status=completed')).json['calls']).toHaveLength(1);
});

test('wants absolute addresses in TwiML that came by REST', async () => {
  await using harness = await VoiceHarness.start();
  const twiml = '<Response><Gather action="/x" numDigits="1" timeout="1" actionOnEmptyResult="true"/></Response>';
  await rest(harness.twilio, 'POST', '/Calls.json', { form: { To: theirs, From: ours, Twiml: twiml } });
  await harness.until(() => harness.twilio.alerts.includes(15004));
});

test.each<[name: string, form: Record<string, string>, code: number]>([
  ['no To', { From: ours, Twiml: '<Response/>' }, 21201],
  ['a From of somebody else', { To: theirs, From: '+15555550142', Twiml: '<Response/>' }, 21210],
  ['nothing to do', { To: theirs, From: ours }, 21205],
  ['too much TwiML', { To: theirs, From: ours, Twiml: `<Response><!--${'x'.repeat(4000)}--></Response>` }, 32018],
  ['an address on the LAN', { To: theirs, From: ours, Url: 'http://192.168.1.2/v' }, 21205],
])('refuses a call with %s', async (_name, form, code) => {
  await using harness = await VoiceHarness.start();
  expect(await rest(harness.twilio, 'POST', '/Calls.json', { form })).toMatchObject({ status: 400, json: { code } });
});

test('asks the voice address of a SIP Domain when the house dials out', async () => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  for (const domain of harness.twilio.state.domains.values()) domain['voice_url'] = 'https://house.example/out';
  harness.webhookServer.on('/out', dial(`answerOnBridge="true" callerId="${ours}"`, '<Number>+15555550177</Number>'));
  const { leg, events } = harness.voice.receiveCall({
    kind: 'domain',
    domain: 'home.sip.twilio.com',
    from: 'sip:pbx@home.sip.twilio.com',
    to: 'sip:+15555550177@home.sip.twilio.com',
    username: 'pbx',
    headers: { 'X-Pbx-Ext': '101' },
  });
  expect((await harness.webhook('/out')).fields).toMatchObject({
    SipDomain: 'home.sip.twilio.com',
    SipUsername: 'pbx',
    'SipHeader_X-Pbx-Ext': '101',
    From: 'sip:pbx@home.sip.twilio.com',
    To: 'sip:+15555550177@home.sip.twilio.com',
  });
  await harness.until(() => harness.voice.bridges === 1);
  expect(events).toEqual(['ring', 'answer']);
  leg.finish({ status: 200, wasAnswered: true, by: 'far' });
  expect((await harness.webhook('/done')).fields).toMatchObject({ DialCallStatus: 'completed', CallStatus: 'completed' });
});

test('takes calls of a trunk to the telephone network without any webhook', async () => {
  await using harness = await VoiceHarness.start();
  await rest(harness.twilio, 'POST', '/v1/Trunks', {
    host: 'trunking',
    form: { FriendlyName: 'x', DomainName: 'house.pstn.twilio.com' },
  });
  const { events } = harness.voice.receiveCall({
    kind: 'trunk',
    domain: 'house.pstn.twilio.com',
    from: `sip:${ours}@house.pstn.twilio.com`,
    to: 'sip:+15555550177@house.pstn.twilio.com',
    username: undefined,
    headers: {},
  });
  await harness.until(() => harness.voice.bridges === 1);
  expect(events).toEqual(['ring', 'answer']);
  const [call] = harness.twilio.calls;
  expect(call).toMatchObject({ direction: 'trunking-terminating', to: '+15555550177', from: ours });
  harness.twilio.remotePartyOf(call?.sid ?? '')?.hangup();
  await harness.until(() => harness.twilio.calls[0]?.status === 'completed');
  expect(harness.webhookServer.received).toEqual([]);
});

test('asks the referUrl of a Dial what the caller does after a REFER, and refuses one without', async () => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  harness.voice.setPhone('sip:pbx@home.sip.twilio.com', {});
  harness.webhookServer.on('/voice', dial('referUrl="/refer"'));
  harness.webhookServer.on('/refer', '<Response><Pause length="5"/></Response>');
  const caller = harness.twilio.callFrom(theirs, ours);
  await harness.until(() => harness.voice.bridges === 1);
  const [near, far] = harness.voice.legs;
  expect(harness.voice.refer(near!, 'sip:101@house.example')).toBeUndefined();
  expect(await harness.voice.refer(far!, 'sip:101@house.example')).toBe(200);
  expect((await harness.webhook('/refer')).fields).toMatchObject({
    ReferTransferTarget: 'sip:101@house.example',
    CallSid: caller.callSid,
  });
  expect(harness.twilio.calls[1]?.status).toBe('completed');
  await harness.over(caller.callSid);
});

test('pages calls and looks into one of them with its children', async () => {
  await using harness = await VoiceHarness.start();
  await harness.addDomain();
  harness.voice.setPhone('sip:pbx@home.sip.twilio.com', { hangUpAfterMs: 1000 });
  harness.webhookServer.on('/voice', dial());
  const caller = harness.twilio.callFrom(theirs, ours);
  await harness.over(caller.callSid);
  const children = await rest(harness.twilio, 'GET', `/Calls.json?ParentCallSid=${caller.callSid}`);
  expect(children.json['calls']).toMatchObject([{ parent_call_sid: caller.callSid, direction: 'outbound-dial', duration: '1' }]);
  expect((await rest(harness.twilio, 'GET', `/Calls/${caller.callSid}.json`)).json).toMatchObject({
    status: 'completed',
    price_unit: 'USD',
  });
});

test('rings a trunk with the addresses of its numbers, and recovers where none is', async () => {
  await using harness = await VoiceHarness.start();
  const form = { FriendlyName: 'x', DomainName: 'house.pstn.twilio.com', DisasterRecoveryUrl: 'https://house.example/rescue' };
  const trunk = await rest(harness.twilio, 'POST', '/v1/Trunks', { host: 'trunking', form });
  harness.twilio.state.numberOf(ours)!['trunk_sid'] = trunk.json['sid'];
  harness.twilio.callFrom(theirs, ours);
  await harness.webhook('/rescue');
  expect(harness.twilio.alerts).toContain(32010);
  expect(harness.webhookServer.requestsTo('/voice')).toEqual([]);
});
