import { expect, test } from 'vitest';
import { energyAt, readWav } from '#testing/peers/wav.ts';
import { rest } from './rest-caller.ts';
import { ours, theirs, VoiceStage } from './voice-stage.ts';

const dial = (
  attributes = '',
  nouns = '<Sip>sip:pbx@home.sip.twilio.com;transport=tls?x-did=%2B1555&amp;x-gosip-call=k1</Sip>',
): string => `<Response><Dial action="/done" ${attributes}>${nouns}</Dial><Say>never</Say></Response>`;

test('asks the voice address with all its fields, signed, and ends the call at the end of the document', async () => {
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', '<Response><Say>hello</Say></Response>');
  const caller = stage.twilio.callFrom(theirs, ours, { stirVerstat: 'TN-Validation-Passed-A', callerName: 'DOE' });
  await stage.over(caller.callSid);
  const asked = await stage.heard('/voice');
  expect(asked.isSigned).toBe(true);
  expect(asked.fields).toMatchObject({
    AccountSid: stage.twilio.accountSid,
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
  const ended = await stage.heard('/ended');
  expect(ended.fields).toMatchObject({ CallStatus: 'completed', CallbackSource: 'call-progress-events', CallDuration: '0' });
  expect(stage.house.at('/ended')).toHaveLength(1);
});

test('rings a registered phone with its headers, bridges, and asks the action what next', async () => {
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  stage.voice.setPhone('sip:pbx@home.sip.twilio.com', { hangUpAfterMs: 3000, headers: { 'X-Device': 'kitchen' } });
  const callbacks = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"';
  stage.house.on('/voice', dial('answerOnBridge="true"', `<Sip ${callbacks}>sip:pbx@home.sip.twilio.com?x-did=%2B1555</Sip>`));
  stage.house.on('/done', '<Response><Hangup/></Response>');
  const caller = stage.twilio.callFrom(theirs, ours);
  await stage.over(caller.callSid);
  expect(stage.voice.placed[0]).toMatchObject({
    callerId: theirs,
    headers: { 'X-Did': '+1555' },
    to: 'sip:pbx@home.sip.twilio.com',
  });
  const [, child] = stage.twilio.calls;
  expect(child).toMatchObject({ parentSid: caller.callSid, direction: 'outbound-dial', status: 'completed' });
  expect((await stage.heard('/done')).fields).toMatchObject({
    CallStatus: 'in-progress',
    DialCallStatus: 'completed',
    DialCallSid: child?.sid,
    DialCallDuration: '3',
    DialBridged: 'true',
    DialSipResponseCode: '200',
    'DialSipHeader_X-Device': 'kitchen',
    DialSipCallId: 'fake@0.0.0.0',
  });
  const legs = stage.house.at('/leg').map(({ fields }) => fields);
  expect(new Set(legs.map((fields) => `${fields['SequenceNumber']} ${fields['CallStatus']}`))).toEqual(
    new Set(['0 initiated', '1 ringing', '2 in-progress', '3 completed']),
  );
  expect(legs[0]).toMatchObject({ ParentCallSid: caller.callSid, Direction: 'outbound-dial' });
  expect(stage.voice.bridges).toBe(0);
});

test('keeps the caller ringing until bridged only with answerOnBridge', async () => {
  for (const [attributes, status] of [
    ['answerOnBridge="true"', 'ringing'],
    ['', 'in-progress'],
  ] as const) {
    await using stage = await VoiceStage.start();
    await stage.addDomain();
    stage.voice.setPhone('sip:pbx@home.sip.twilio.com', { neverAnswers: true });
    stage.house.on('/voice', dial(`timeout="10" ${attributes}`));
    const before = stage.clock.now();
    const caller = stage.twilio.callFrom(theirs, ours);
    const done = await stage.heard('/done');
    expect(done.fields).toMatchObject({ CallStatus: status, DialCallStatus: 'no-answer', DialBridged: 'false' });
    expect(done.fields).not.toHaveProperty('DialCallDuration');
    // Twilio rings about five seconds longer than it was told.
    expect(stage.clock.now() - before).toBeGreaterThanOrEqual(15_000);
    await stage.over(caller.callSid);
  }
});

test.each([
  [486, 'busy'],
  [603, 'busy'],
  [480, 'no-answer'],
  [503, 'failed'],
])('tells a phone that refuses with %i as %s', async (refusesWith, status) => {
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  stage.voice.setPhone('sip:pbx@home.sip.twilio.com', { refusesWith });
  stage.house.on('/voice', dial());
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/done')).fields).toMatchObject({ DialCallStatus: status, DialSipResponseCode: String(refusesWith) });
});

test('fails the dial to a phone that is not registered, with 32009', async () => {
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  stage.house.on('/voice', dial());
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/done')).fields).toMatchObject({ DialCallStatus: 'failed' });
  expect(stage.twilio.alerts).toContain(32009);
});

test('tells the action of a caller who left while it rang, and does not obey it', async () => {
  for (const abandonedCallStatus of ['canceled', 'completed', 'no-answer'] as const) {
    await using stage = await VoiceStage.start({ switches: { abandonedCallStatus, abandonedDialStatus: 'canceled' } });
    await stage.addDomain();
    stage.voice.setPhone('sip:pbx@home.sip.twilio.com', { neverAnswers: true });
    stage.house.on('/voice', dial('answerOnBridge="true"'));
    stage.house.on('/done', '<Response><Record action="/vm"/></Response>');
    const caller = stage.twilio.callFrom(theirs, ours);
    await stage.until(() => stage.voice.placed.length === 1);
    caller.hangUp();
    expect((await stage.heard('/done')).fields).toMatchObject({ CallStatus: abandonedCallStatus, DialCallStatus: 'canceled' });
    await stage.over(caller.callSid);
    expect(stage.house.at('/vm')).toEqual([]);
    expect((await stage.heard('/ended')).fields['CallStatus']).toBe(abandonedCallStatus);
    expect(stage.twilio.calls[1]?.status).toBe('canceled');
  }
});

test('falls through a dial without an action even after a call that was talked out', async () => {
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  stage.voice.setPhone('sip:pbx@home.sip.twilio.com', { hangUpAfterMs: 1000 });
  const nouns = '<Sip>sip:pbx@home.sip.twilio.com</Sip>';
  stage.house.on('/voice', `<Response><Dial>${nouns}</Dial><Redirect>/after</Redirect><Redirect>/never</Redirect></Response>`);
  const caller = stage.twilio.callFrom(theirs, ours);
  await stage.heard('/after');
  await stage.over(caller.callSid);
  expect(stage.house.at('/never')).toEqual([]);
});

test('rings many at once, lets the first win, and one after another where asked', async () => {
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  stage.voice.setPhone('sip:slow@home.sip.twilio.com', { ringMs: 2000 });
  stage.voice.setPhone('sip:fast@home.sip.twilio.com', { ringMs: 1000, hangUpAfterMs: 1000 });
  const both = '<Sip>sip:slow@home.sip.twilio.com</Sip><Sip>sip:fast@home.sip.twilio.com</Sip>';
  stage.house.on('/voice', dial('', both));
  const first = stage.twilio.callFrom(theirs, ours);
  await stage.over(first.callSid);
  expect(stage.twilio.calls.slice(1).map(({ status }) => status)).toEqual(['canceled', 'completed']);
  stage.voice.setPhone('sip:slow@home.sip.twilio.com', { ringMs: 100, refusesWith: 486 });
  stage.house.on('/voice', dial('sequential="true"', both));
  const second = stage.twilio.callFrom(theirs, ours);
  await stage.over(second.callSid);
  expect(stage.twilio.calls.slice(4).map(({ status }) => status)).toEqual(['busy', 'completed']);
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
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  stage.house.on('/voice', dial('', nouns));
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/done')).fields).toMatchObject({ DialCallStatus: 'failed' });
  expect(stage.twilio.alerts).toContain(code);
  expect(stage.voice.placed).toEqual([]);
});

test.each([
  ['a withheld caller', '+266696687', '', 13247],
  ['a number of somebody else', theirs, 'callerId="+15555550142"', 13214],
])('does not show %s to the telephone network', async (_name, from, attributes, code) => {
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', dial(attributes, '<Number>+15555550177</Number>'));
  stage.twilio.callFrom(from, ours);
  expect((await stage.heard('/done')).fields).toMatchObject({ DialCallStatus: 'failed' });
  expect(stage.twilio.alerts).toContain(code);
});

test('dials the telephone network, where a far phone behaves as told', async () => {
  await using stage = await VoiceStage.start();
  stage.twilio.setFarPhone('+15555550177', { calls: { outcome: 'answers', hangUpAfterMs: 2000 } });
  stage.twilio.setFarPhone('+15555550178', { calls: { outcome: 'busy' } });
  stage.house.on('/voice', dial('', '<Number>+15555550177</Number>'));
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/done')).fields).toMatchObject({ DialCallStatus: 'completed', DialCallDuration: '2' });
  stage.house.on('/voice', dial('', '<Number>+15555550178</Number>'));
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/done', 2)).fields).toMatchObject({ DialCallStatus: 'busy' });
});

test('screens a callee before bridging: one that does not press a key is not connected', async () => {
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', dial('timeout="30"', '<Number url="/screen">+15555550177</Number>'));
  stage.house.on('/screen', '<Response><Gather numDigits="1" timeout="3" action="/pressed"/><Hangup/></Response>');
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/done')).fields).toMatchObject({ DialBridged: 'false' });
  expect(stage.voice.bridges).toBe(0);
  expect((await stage.heard('/screen')).fields).toMatchObject({
    Direction: 'outbound-dial',
    ParentCallSid: expect.stringMatching(/^CA/),
  });
});

const record =
  '<Response><Record action="/vm" recordingStatusCallback="/rec" recordingStatusCallbackEvent="in-progress completed absent" ';

test('records what the caller says as 8 kHz WAV, ready only some time later, and transcribes it', async () => {
  await using stage = await VoiceStage.start();
  stage.twilio.setTranscript('Call me back.');
  stage.house.on('/voice', `${record} timeout="3" maxLength="60" transcribe="true" transcribeCallback="/text"/></Response>`);
  const caller = stage.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440, seconds: 5 } });
  const action = await stage.heard('/vm');
  const { RecordingSid: sid = '', RecordingUrl: url = '' } = action.fields;
  expect(action.fields).toMatchObject({ CallStatus: 'in-progress', RecordingDuration: '8', Digits: '' });
  expect(url).toBe(`https://api.twilio.com/2010-04-01/Accounts/${stage.twilio.accountSid}/Recordings/${sid}`);
  await stage.until(() => stage.house.at('/rec').some(({ fields }) => fields['RecordingStatus'] === 'completed'));
  const completed = stage.house.at('/rec').find(({ fields }) => fields['RecordingStatus'] === 'completed');
  expect(completed?.fields).toMatchObject({
    CallSid: caller.callSid,
    RecordingSource: 'RecordVerb',
    RecordingChannels: '1',
    ErrorCode: '0',
  });
  expect(completed?.fields).not.toHaveProperty('From');
  const authorization = `Basic ${Buffer.from(`${stage.twilio.accountSid}:${stage.twilio.authToken}`).toString('base64')}`;
  const response = await fetch(`${stage.twilio.apiBase}/api.twilio.com${new URL(url).pathname}.wav`, {
    headers: { authorization },
  });
  expect(response.headers.get('content-type')).toBe('audio/x-wav');
  const sound = readWav(Buffer.from(await response.arrayBuffer()));
  expect(sound.sampleRate).toBe(8000);
  expect(energyAt(sound, 440)).toBeGreaterThan(0.9);
  expect((await stage.heard('/text')).fields).toMatchObject({
    TranscriptionText: 'Call me back.',
    TranscriptionStatus: 'completed',
  });
  expect((await rest(stage.twilio, 'GET', `/Recordings/${sid}.json`)).json).toMatchObject({
    status: 'completed',
    duration: '8',
    source: 'RecordVerb',
  });
  expect((await rest(stage.twilio, 'GET', `/Recordings/${sid}.wav?RequestedChannels=2`)).status).toBe(400);
  expect((await rest(stage.twilio, 'DELETE', `/Recordings/${sid}.json`)).status).toBe(204);
  expect((await rest(stage.twilio, 'GET', `/Recordings/${sid}.wav`)).status).toBe(404);
  expect((await rest(stage.twilio, 'GET', `/Recordings.json?IncludeSoftDeleted=true`)).json['recordings'][0].status).toBe(
    'deleted',
  );
});

test('is not there before it is completed', async () => {
  await using stage = await VoiceStage.start({ delays: { recordingReady: 60_000 } });
  stage.house.on('/voice', `${record}/></Response>`);
  stage.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440, seconds: 4 } });
  const sid = (await stage.heard('/vm')).fields['RecordingSid'];
  expect((await rest(stage.twilio, 'GET', `/Recordings/${sid}.wav`)).status).toBe(404);
  expect((await rest(stage.twilio, 'DELETE', `/Recordings/${sid}.json`)).json['code']).toBe(20009);
});

test('tells the action of a caller who hung up into the recording', async () => {
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', `${record}/></Response>`);
  const caller = stage.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440 } });
  await stage.until(() => stage.twilio.recordings.length === 1);
  for (let turn = 0; turn < 100; turn += 1) await stage.clock.advanceAsync(50);
  caller.hangUp();
  expect((await stage.heard('/vm')).fields).toMatchObject({ CallStatus: 'completed', Digits: 'hangup', RecordingDuration: '5' });
  await stage.until(() => stage.house.at('/rec').some(({ fields }) => fields['RecordingStatus'] === 'completed'));
});

test('saves a silent recording, and goes to the action and to no other verb', async () => {
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', `${record}/><Redirect>/after</Redirect></Response>`);
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/vm')).fields['RecordingUrl']).toMatch(/Recordings\/RE/);
  await stage.until(() => stage.house.at('/rec').some(({ fields }) => fields['RecordingStatus'] === 'completed'));
  expect(stage.house.at('/after')).toEqual([]);
});

test('says that nothing was said as absent, where the account drops silent recordings', async () => {
  await using stage = await VoiceStage.start({ switches: { silentRecordings: 'dropped' } });
  stage.house.on('/voice', `${record}/><Redirect>/after</Redirect></Response>`);
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/vm')).fields).toMatchObject({ RecordingDuration: '0' });
  await stage.until(() => stage.house.at('/rec').some(({ fields }) => fields['RecordingStatus'] === 'absent'));
  expect([stage.house.at('/after'), stage.house.at('/vm')[0]?.fields['RecordingUrl']]).toEqual([[], undefined]);
});

test('asks the document itself again where a Record names no action, and flags the loop', async () => {
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', '<Response><Record maxLength="3"/></Response>');
  const caller = stage.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440 } });
  await stage.until(() => stage.twilio.state.loops.length > 2);
  caller.hangUp();
  await stage.over(caller.callSid);
  expect(stage.house.at('/voice').length).toBeGreaterThan(2);
});

test('gathers digits, and falls through when none came', async () => {
  await using stage = await VoiceStage.start();
  stage.house.on(
    '/voice',
    '<Response><Gather numDigits="2" action="/pressed"><Say>press</Say></Gather><Redirect>/none</Redirect></Response>',
  );
  const caller = stage.twilio.callFrom(theirs, ours);
  await stage.until(() => stage.voice.legs.length === 1 && stage.twilio.calls[0]?.status === 'in-progress');
  caller.press('12');
  expect((await stage.heard('/pressed')).fields['Digits']).toBe('12');
  stage.twilio.callFrom(theirs, ours);
  await stage.heard('/none');
});

test.each([
  ['rejected', '<Reject/>', 'no-answer'],
  ['busy', '<Reject reason="busy"/>', 'busy'],
])('rejects as %s without answering', async (_name, verb, status) => {
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', `<Response>${verb}</Response>`);
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/ended')).fields).toMatchObject({ CallStatus: status, CallDuration: '0' });
  expect(stage.twilio.calls[0]?.answeredMs).toBeNull();
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
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', answer);
  stage.twilio.callFrom(theirs, ours);
  await stage.heard('/ended');
  expect(stage.twilio.alerts).toContain(code);
});

test('warns of what it does not know and leaves it out', async () => {
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', '<Response><say>no</say><Pause length="1" colour="red"/><Redirect>/after</Redirect></Response>');
  stage.twilio.callFrom(theirs, ours);
  await stage.heard('/after');
  expect(stage.twilio.alerts.filter((code) => code === 12200)).toHaveLength(2);
});

test('asks the fallback address once, with what went wrong', async () => {
  await using stage = await VoiceStage.start();
  Object.assign(stage.twilio.state.numberOf(ours)!, { voice_fallback_url: 'https://house.example/else' });
  stage.house.on('/voice', { status: 404 });
  stage.house.on('/else', '<Response><Reject/></Response>');
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/else')).fields).toMatchObject({ ErrorCode: '11200', ErrorUrl: 'https://house.example/voice' });
  expect((await stage.heard('/ended')).fields['CallStatus']).toBe('no-answer');
});

test('ends a call to a number without a voice address in silence', async () => {
  await using stage = await VoiceStage.start();
  Object.assign(stage.twilio.state.numberOf(ours)!, { voice_url: '' });
  stage.twilio.callFrom(theirs, ours);
  expect((await stage.heard('/ended')).fields['CallStatus']).toBe('failed');
  expect(stage.twilio.alerts).toEqual([]);
});

test('refuses a private host unless the test says where it is', async () => {
  await using stage = await VoiceStage.start();
  Object.assign(stage.twilio.state.numberOf(ours)!, { voice_url: `${stage.house.origin}/voice` });
  const caller = stage.twilio.callFrom(theirs, ours);
  await stage.over(caller.callSid);
  expect(stage.twilio.alerts).toContain(11205);
});

test('speaks plain text, plays sound, and refuses to play what is neither', async () => {
  await using stage = await VoiceStage.start();
  stage.house.on('/voice', { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'hello' });
  const caller = stage.twilio.callFrom(theirs, ours);
  await stage.over(caller.callSid);
  expect(stage.voice.legs[0]?.played).toHaveLength(1);
  stage.house.on('/voice', '<Response><Play>/greeting</Play><Redirect>/after</Redirect></Response>');
  stage.house.on('/greeting', { status: 200, headers: { 'Content-Type': 'text/html' }, body: 'x' });
  stage.twilio.callFrom(theirs, ours);
  await stage.heard('/after');
  expect(stage.twilio.alerts).toContain(13420);
});

test('strips the fragment, obeys what it says, and keeps cookies within a call', async () => {
  await using stage = await VoiceStage.start();
  Object.assign(stage.twilio.state.numberOf(ours)!, { voice_url: 'https://user:pw@house.example/voice?a=1#rc=2&rp=5xx' });
  let asked = 0;
  stage.house.on('/voice', () => {
    asked += 1;
    if (asked < 3) return { status: 503 };
    return {
      status: 200,
      headers: { 'Content-Type': 'text/xml', 'Set-Cookie': 'k=v; Path=/' },
      body: '<Response><Redirect>/next</Redirect></Response>',
    };
  });
  stage.twilio.callFrom(theirs, ours);
  const next = await stage.heard('/next');
  expect(next.headers.cookie).toBe('k=v');
  expect(stage.house.at('/voice')).toHaveLength(3);
  expect(stage.house.heard.every(({ isSigned }) => isSigned)).toBe(true);
  const tokens = new Set(stage.house.at('/voice').map(({ headers }) => headers['i-twilio-idempotency-token']));
  expect(tokens.size).toBe(1);
});

test('records a dialled call, and on demand a live one', async () => {
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  stage.voice.setPhone('sip:pbx@home.sip.twilio.com', {});
  stage.house.on('/voice', dial('record="record-from-answer-dual" recordingStatusCallback="/rec"'));
  const caller = stage.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440 } });
  await stage.until(() => stage.voice.bridges === 1);
  const started = await rest(stage.twilio, 'POST', `/Calls/${caller.callSid}/Recordings.json`, { form: {} });
  // One runs already: a second start does nothing.
  expect(started.json).toMatchObject({ status: 'in-progress', duration: null, channels: 2, source: 'DialVerb' });
  const current = `/Calls/${caller.callSid}/Recordings/Twilio.CURRENT.json`;
  expect((await rest(stage.twilio, 'POST', current, { form: { Status: 'paused' } })).json['status']).toBe('paused');
  for (let turn = 0; turn < 60; turn += 1) await stage.clock.advanceAsync(50);
  caller.hangUp();
  expect((await stage.heard('/done')).fields).toMatchObject({
    CallStatus: 'completed',
    DialCallStatus: 'completed',
    RecordingUrl: expect.any(String),
  });
  expect((await stage.heard('/rec')).fields).toMatchObject({
    RecordingChannels: '2',
    RecordingSource: 'DialVerb',
    CallSid: caller.callSid,
  });
  expect((await rest(stage.twilio, 'POST', `/Calls/${caller.callSid}/Recordings.json`, { form: {} })).json['code']).toBe(21220);
});

test('places calls by REST, redirects and ends them, and refuses what is over', async () => {
  await using stage = await VoiceStage.start();
  const twiml = '<Response><Pause length="60"/></Response>';
  const form = { To: theirs, From: ours, Twiml: twiml, StatusCallback: 'https://house.example/leg' };
  const made = await rest(stage.twilio, 'POST', '/Calls.json', { form });
  expect(made).toMatchObject({ status: 201, json: { status: 'queued', direction: 'outbound-api', duration: null } });
  const path = `/Calls/${made.json['sid']}.json`;
  await stage.until(() => stage.twilio.calls[0]?.status === 'in-progress');
  await rest(stage.twilio, 'POST', path, { form: { Url: 'https://house.example/new' } });
  stage.house.on('/new', twiml);
  await stage.heard('/new');
  expect((await rest(stage.twilio, 'POST', path, { form: { Status: 'completed' } })).status).toBe(200);
  await stage.heard('/leg');
  expect((await rest(stage.twilio, 'POST', path, { form: { Status: 'completed' } })).json['code']).toBe(21220);
  expect((await rest(stage.twilio, 'GET', '/Calls.json?Status=completed')).json['calls']).toHaveLength(1);
});

test('wants absolute addresses in TwiML that came by REST', async () => {
  await using stage = await VoiceStage.start();
  const twiml = '<Response><Gather action="/x" numDigits="1" timeout="1" actionOnEmptyResult="true"/></Response>';
  await rest(stage.twilio, 'POST', '/Calls.json', { form: { To: theirs, From: ours, Twiml: twiml } });
  await stage.until(() => stage.twilio.alerts.includes(15004));
});

test.each<[name: string, form: Record<string, string>, code: number]>([
  ['no To', { From: ours, Twiml: '<Response/>' }, 21201],
  ['a From of somebody else', { To: theirs, From: '+15555550142', Twiml: '<Response/>' }, 21210],
  ['nothing to do', { To: theirs, From: ours }, 21205],
  ['too much TwiML', { To: theirs, From: ours, Twiml: `<Response><!--${'x'.repeat(4000)}--></Response>` }, 32018],
  ['an address on the LAN', { To: theirs, From: ours, Url: 'http://192.168.1.2/v' }, 21205],
])('refuses a call with %s', async (_name, form, code) => {
  await using stage = await VoiceStage.start();
  expect(await rest(stage.twilio, 'POST', '/Calls.json', { form })).toMatchObject({ status: 400, json: { code } });
});

test('asks the voice address of a SIP Domain when the house dials out', async () => {
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  for (const domain of stage.twilio.state.domains.values()) domain['voice_url'] = 'https://house.example/out';
  stage.house.on('/out', dial(`answerOnBridge="true" callerId="${ours}"`, '<Number>+15555550177</Number>'));
  const { leg, events } = stage.voice.comeIn({
    kind: 'domain',
    domain: 'home.sip.twilio.com',
    from: 'sip:pbx@home.sip.twilio.com',
    to: 'sip:+15555550177@home.sip.twilio.com',
    username: 'pbx',
    headers: { 'X-Pbx-Ext': '101' },
  });
  expect((await stage.heard('/out')).fields).toMatchObject({
    SipDomain: 'home.sip.twilio.com',
    SipUsername: 'pbx',
    'SipHeader_X-Pbx-Ext': '101',
    From: 'sip:pbx@home.sip.twilio.com',
    To: 'sip:+15555550177@home.sip.twilio.com',
  });
  await stage.until(() => stage.voice.bridges === 1);
  expect(events).toEqual(['ring', 'answer']);
  leg.finish({ status: 200, wasAnswered: true, by: 'far' });
  expect((await stage.heard('/done')).fields).toMatchObject({ DialCallStatus: 'completed', CallStatus: 'completed' });
});

test('takes calls of a trunk to the telephone network without any webhook', async () => {
  await using stage = await VoiceStage.start();
  await rest(stage.twilio, 'POST', '/v1/Trunks', {
    host: 'trunking',
    form: { FriendlyName: 'x', DomainName: 'house.pstn.twilio.com' },
  });
  const { events } = stage.voice.comeIn({
    kind: 'trunk',
    domain: 'house.pstn.twilio.com',
    from: `sip:${ours}@house.pstn.twilio.com`,
    to: 'sip:+15555550177@house.pstn.twilio.com',
    username: undefined,
    headers: {},
  });
  await stage.until(() => stage.voice.bridges === 1);
  expect(events).toEqual(['ring', 'answer']);
  const [call] = stage.twilio.calls;
  expect(call).toMatchObject({ direction: 'trunking-terminating', to: '+15555550177', from: ours });
  stage.twilio.personOf(call?.sid ?? '')?.hangup();
  await stage.until(() => stage.twilio.calls[0]?.status === 'completed');
  expect(stage.house.heard).toEqual([]);
});

test('asks the referUrl of a Dial what the caller does after a REFER, and refuses one without', async () => {
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  stage.voice.setPhone('sip:pbx@home.sip.twilio.com', {});
  stage.house.on('/voice', dial('referUrl="/refer"'));
  stage.house.on('/refer', '<Response><Pause length="5"/></Response>');
  const caller = stage.twilio.callFrom(theirs, ours);
  await stage.until(() => stage.voice.bridges === 1);
  const [near, far] = stage.voice.legs;
  expect(stage.voice.refer(near!, 'sip:101@house.example')).toBeUndefined();
  expect(await stage.voice.refer(far!, 'sip:101@house.example')).toBe(200);
  expect((await stage.heard('/refer')).fields).toMatchObject({
    ReferTransferTarget: 'sip:101@house.example',
    CallSid: caller.callSid,
  });
  expect(stage.twilio.calls[1]?.status).toBe('completed');
  await stage.over(caller.callSid);
});

test('pages calls and looks into one of them with its children', async () => {
  await using stage = await VoiceStage.start();
  await stage.addDomain();
  stage.voice.setPhone('sip:pbx@home.sip.twilio.com', { hangUpAfterMs: 1000 });
  stage.house.on('/voice', dial());
  const caller = stage.twilio.callFrom(theirs, ours);
  await stage.over(caller.callSid);
  const children = await rest(stage.twilio, 'GET', `/Calls.json?ParentCallSid=${caller.callSid}`);
  expect(children.json['calls']).toMatchObject([{ parent_call_sid: caller.callSid, direction: 'outbound-dial', duration: '1' }]);
  expect((await rest(stage.twilio, 'GET', `/Calls/${caller.callSid}.json`)).json).toMatchObject({
    status: 'completed',
    price_unit: 'USD',
  });
});

test('rings a trunk with the addresses of its numbers, and recovers where none is', async () => {
  await using stage = await VoiceStage.start();
  const form = { FriendlyName: 'x', DomainName: 'house.pstn.twilio.com', DisasterRecoveryUrl: 'https://house.example/rescue' };
  const trunk = await rest(stage.twilio, 'POST', '/v1/Trunks', { host: 'trunking', form });
  stage.twilio.state.numberOf(ours)!['trunk_sid'] = trunk.json['sid'];
  stage.twilio.callFrom(theirs, ours);
  await stage.heard('/rescue');
  expect(stage.twilio.alerts).toContain(32010);
  expect(stage.house.at('/voice')).toEqual([]);
});
