import { describe, expect, it } from 'vitest';
import { readCaller, readSpamScore } from './caller.ts';
import { WebhookForm } from './webhook-form.ts';

const read = (values: Record<string, string>) => readCaller(new WebhookForm(Object.entries(values)));

describe('the caller', () => {
  it.each<[string, string | undefined]>([
    ['+15555550100', '+15555550100'],
    ['+266696687', undefined],
    ['+7378742833', undefined],
    ['+2562533', undefined],
    ['+8656696', undefined],
    ['+86282452253', undefined],
    // The one that is a misprint in circulation is a number like any other.
    ['+7378742883', '+7378742883'],
    ['Anonymous', undefined],
    ['anonymous', undefined],
    ['Restricted', undefined],
    ['unknown', undefined],
    ['', undefined],
    ['sip:anonymous@anonymous.invalid', undefined],
    ['sip:+15555550100@x.sip.twilio.com', '+15555550100'],
    ['sip:%2B15555550100@x.sip.twilio.com;transport=tls', '+15555550100'],
    ['sip:%ZZ@x', undefined],
    ['client:bob', undefined],
    ['+0155555501', undefined],
    ['+12345', undefined],
    ['+1234567890123456', undefined],
    ['15555550100', undefined],
    ['+1555555\u0000100', undefined],
  ])('from %j is %j', (From, number) => {
    expect(read({ From })).toMatchObject({ number, isWithheld: number === undefined });
  });

  it('who hides the number is not named either', () => {
    expect(read({ From: '+266696687', CallerName: 'THE DOCTOR' })).toMatchObject({ number: undefined, name: '' });
    expect(read({ From: 'anonymous', CallerName: 'THE DOCTOR' }).name).toBe('');
    expect(read({ From: '+15555550100', CallerName: 'THE DOCTOR' }).name).toBe('THE DOCTOR');
  });

  it.each([
    ['TN-Validation-Passed-A', 'full'],
    ['TN-Validation-Passed-A-Diverted', 'full'],
    ['TN-Validation-Passed-A-Passthrough', 'full'],
    ['TN-Validation-Passed-B', 'partial'],
    ['TN-Validation-Passed-C', 'gateway'],
    ['TN-Validation-Failed', 'failed'],
    ['TN-Validation-Failed-A', 'failed'],
    ['TN-Validation-Failed-C-Diverted', 'failed'],
    ['No-TN-Validation', 'none'],
    ['NULL', 'none'],
    ['', 'none'],
    ['TN-Validation-Passed-D', 'none'],
  ])('attested by %s is %s', (StirVerstat, attestation) => {
    expect(read({ StirVerstat }).attestation).toBe(attestation);
  });

  it('has a name on one line, without what XML cannot carry', () => {
    expect(read({ From: '+15555550100', CallerName: ' <Bob>\u0000 &\r\n "Co" \u0007' }).name).toBe('<Bob> & "Co"');
    expect(read({ From: '+15555550100', CallerName: 'x'.repeat(500) }).name).toHaveLength(64);
    expect(read({}).name).toBe('');
  });

  it('has no name that turns what stands beside it around, or that nobody can see', () => {
    expect(read({ From: '+15555550100', CallerName: 'PAY\u202Egnp.exe\u2069' }).name).toBe('PAYgnp.exe');
    expect(read({ From: '+15555550100', CallerName: '\u200B\u2060' }).name).toBe('');
  });
});

describe('the spam score', () => {
  const addOn = (name: string, result: unknown, status = 'successful') => ({ [name]: { request_sid: 'XR', status, result } });
  const score = (...results: object[]) =>
    readSpamScore(JSON.stringify({ status: 'successful', message: null, code: null, results: Object.assign({}, ...results) }));
  const nomorobo = (value: unknown) => addOn('nomorobo_spamscore', { status: 'success', message: 'success', score: value });
  const marchex = (recommendation: string) => addOn('marchex_cleancall', { result: { result: { recommendation } } });

  it.each<[string, number | undefined, number | undefined]>([
    ['nomorobo bad', score(nomorobo(1)), 1],
    ['nomorobo good', score(nomorobo(0)), 0],
    ['marchex block', score(marchex('BLOCK')), 1],
    ['marchex pass', score(marchex('PASS')), 0],
    ['truecnam', score(addOn('truecnam_truespam', { err: 0, spam_score: 85 })), 0.85],
    ['truecnam with an error', score(addOn('truecnam_truespam', { err: 3, spam_score: 85 })), undefined],
    ['icehook', score(addOn('icehook_scout', { risk_level: 70 })), 0.7],
    ['ekata', score(addOn('ekata_phone_valid', { reputation_level: 4 })), 1],
    ['whitepages', score(addOn('whitepages_pro_phone_rep', { results: [{ reputation: { level: 1 } }] })), 0],
    ['the worst of several', score(nomorobo(0), addOn('icehook_scout', { risk_level: 90 }), marchex('PASS')), 0.9],
    ['a failed provider says nothing', score(addOn('nomorobo_spamscore', {}, 'failed')), undefined],
    ['nor does it hide another', score(addOn('icehook_scout', {}, 'failed'), nomorobo(1)), 1],
    ['a result that is a list', score(addOn('nomorobo_spamscore', [])), undefined],
    ['out of range', score(addOn('icehook_scout', { risk_level: 900 })), 1],
    ['an unknown add-on', score(addOn('something_new', { score: 1 })), undefined],
    ['no number', score(nomorobo('bad')), undefined],
    ['not JSON', readSpamScore('{'), undefined],
    ['nothing', readSpamScore(''), undefined],
    ['null', readSpamScore('null'), undefined],
    ['failed altogether', readSpamScore(JSON.stringify({ status: 'failed', results: nomorobo(1) })), undefined],
    ['a name of JavaScript', readSpamScore('{"status":"successful","results":{"__proto__":{"status":"successful"}}}'), undefined],
  ])('%s', (_case, got, expected) => {
    expect(got).toBe(expected);
  });
});
