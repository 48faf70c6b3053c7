import { describe, expect, it } from 'vitest';
import { UserAgentHarness } from '#testing/harness/user-agent-harness.ts';

const final = (harness: UserAgentHarness): string | undefined => harness.sent().findLast((line) => line !== '100');

describe('requests that no application handles', () => {
  const none = { subscribedVerbs: [] };

  it.each([
    ['INVITE', undefined, ['100', '503']],
    ['INVITE', 'x', ['100', '481']],
    ['REGISTER', undefined, ['503']],
    ['MESSAGE', undefined, ['503']],
    ['OPTIONS', undefined, ['503']],
    ['INFO', undefined, ['503']],
    ['NOTIFY', undefined, ['503']],
    ['SUBSCRIBE', undefined, ['503']],
    ['PUBLISH', undefined, ['503']],
    ['REFER', undefined, ['503']],
    ['MESSAGE', 'x', ['503']],
    ['BYE', 'x', ['481']],
    ['UPDATE', 'x', ['481']],
    ['PRACK', 'x', ['481']],
    ['FOO', undefined, ['405']],
    ['ACK', 'x', []],
  ] as const)('%s with To tag %s without an application: %j', (method, toTag, expected) => {
    const harness = new UserAgentHarness(none);
    harness.receiveRequest(method, { toTag });
    expect(harness.sent()).toEqual(expected);
    expect(harness.app.lines).toEqual([]);
  });

  it.each([
    ['INVITE', undefined],
    ['REGISTER', undefined],
    ['MESSAGE', undefined],
    ['OPTIONS', undefined],
    ['INFO', undefined],
    ['NOTIFY', 'x'],
    ['SUBSCRIBE', undefined],
    ['PUBLISH', undefined],
    ['REFER', undefined],
  ] as const)('%s with To tag %s is delivered to an application that asked for it', (method, toTag) => {
    const harness = new UserAgentHarness();
    harness.receiveRequest(method, { toTag });
    expect(harness.app.lines).toEqual([method]);
    const delivery = harness.app.take();
    expect(delivery.dialogId).toBe('');
    expect(delivery.receivedOn).toEqual({ host: '10.0.0.1', port: 5060 });
    expect(delivery.meta).toMatchObject({ source: 'network', protocol: 'udp', address: '10.0.0.9', port: 5060 });
  });

  it.each(['BYE', 'UPDATE', 'PRACK', 'FOO'])('%s outside a dialog is never delivered', (method) => {
    const harness = new UserAgentHarness();
    harness.receiveRequest(method, { toTag: 'x' });
    expect(harness.app.lines).toEqual([]);
    expect(harness.sent()).toEqual([method === 'FOO' ? '405' : '481']);
  });

  it('an INVITE with a To tag is 481 even when an application is there', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('INVITE', { toTag: 'x' });
    expect(final(harness)).toBe('481');
  });

  it('a CANCEL of nothing is 481', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('CANCEL');
    expect(harness.sent()).toEqual(['481']);
  });

  it('strict dialogs: a request with a To tag is 481', () => {
    const harness = new UserAgentHarness({ settings: { strictDialogs: true } });
    harness.receiveRequest('MESSAGE', { toTag: 'x' });
    expect(harness.sent()).toEqual(['481']);
  });
});

describe('REGISTER checks', () => {
  it.each([
    ['*', ['Expires: 3600'], '400'],
    ['*', [], '400'],
    ['None', [], '400'],
  ] as const)('Contact %s with %j: %s', (contact, headers, expected) => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('REGISTER', { contact, headers });
    expect(harness.sent()).toEqual([expected]);
  });

  it('Contact: * with Expires: 0 is delivered', () => {
    const harness = new UserAgentHarness();
    harness.receiveRequest('REGISTER', { contact: '*', headers: ['Expires: 0'] });
    expect(harness.app.lines).toEqual(['REGISTER']);
  });

  it('an IPv4 Request-URI is refused by option only', () => {
    const strict = new UserAgentHarness({ settings: { rejectRegisterWithNoRealm: true } });
    strict.receiveRequest('REGISTER', { uri: 'sip:10.0.0.1' });
    expect(strict.sent()).toEqual(['403']);
    strict.receiveRequest('REGISTER', { uri: 'sip:example.com' });
    expect(strict.app.lines).toEqual(['REGISTER']);
  });
});

describe('options that answer alone', () => {
  it('OPTIONS of the named User-Agent is 200 without an application', () => {
    const harness = new UserAgentHarness({ subscribedVerbs: [], settings: { optionsAutoAnswerUserAgent: 'probe' } });
    harness.receiveRequest('OPTIONS', { headers: ['User-Agent: probe'] });
    harness.receiveRequest('OPTIONS', { headers: ['User-Agent: probe 2'], callId: 'b' });
    expect(harness.sent()).toEqual(['200', '503']);
  });

  it('a scanner gets 603, and its ACK silence', () => {
    const harness = new UserAgentHarness({
      settings: { spammers: { userAgents: ['friendly-scanner'], toUsers: ['1900'], fromUsers: [] } },
    });
    const branch = harness.receiveRequest('INVITE', { headers: ['User-Agent: friendly-scanner/1.0'] });
    expect(final(harness)).toBe('603');
    harness.receiveRequest('ACK', { branch, toTag: 'x' });
    harness.receiveRequest('INVITE', { callId: 'b', to: '<sip:19001234@10.0.0.1>' });
    expect(final(harness)).toBe('603');
    expect(harness.app.lines).toEqual([]);
  });

  it('an extension we do not have is 420 by option', () => {
    const harness = new UserAgentHarness({ settings: { supportedExtensions: ['100rel'] } });
    harness.receiveRequest('INVITE', { headers: ['Require: 100rel, foo'] });
    expect(harness.last.get('unsupported')).toBe('foo');
    expect(final(harness)).toBe('420');
  });
});

describe('merged requests', () => {
  it('both reach the application, or the second gets 482 by option', () => {
    const lax = new UserAgentHarness();
    lax.receiveRequest('OPTIONS');
    lax.receiveRequest('OPTIONS');
    expect(lax.app.lines).toEqual(['OPTIONS', 'OPTIONS']);
    const strict = new UserAgentHarness({ settings: { answerMergedRequests: true } });
    strict.receiveRequest('OPTIONS');
    strict.receiveRequest('OPTIONS');
    strict.receiveRequest('OPTIONS', { callId: 'other' });
    expect(strict.app.lines).toEqual(['OPTIONS', 'OPTIONS']);
    expect(strict.sent()).toEqual(['482']);
  });
});
