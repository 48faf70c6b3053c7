import { describe, expect, it } from 'vitest';
import { CoreStage } from '#testing/harness/core-stage.ts';

const final = (stage: CoreStage): string | undefined => stage.sent().findLast((line) => line !== '100');

describe('requests that nobody handles', () => {
  const none = { routed: [] };

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
    const stage = new CoreStage(none);
    stage.arrive(method, { toTag });
    expect(stage.sent()).toEqual(expected);
    expect(stage.app.lines).toEqual([]);
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
    const stage = new CoreStage();
    stage.arrive(method, { toTag });
    expect(stage.app.lines).toEqual([method]);
    const delivery = stage.app.take();
    expect(delivery.dialogId).toBe('');
    expect(delivery.receivedOn).toEqual({ host: '10.0.0.1', port: 5060 });
    expect(delivery.meta).toMatchObject({ source: 'network', protocol: 'udp', address: '10.0.0.9', port: 5060 });
  });

  it.each(['BYE', 'UPDATE', 'PRACK', 'FOO'])('%s outside a dialog is never delivered', (method) => {
    const stage = new CoreStage();
    stage.arrive(method, { toTag: 'x' });
    expect(stage.app.lines).toEqual([]);
    expect(stage.sent()).toEqual([method === 'FOO' ? '405' : '481']);
  });

  it('an INVITE with a To tag is 481 even when an application is there', () => {
    const stage = new CoreStage();
    stage.arrive('INVITE', { toTag: 'x' });
    expect(final(stage)).toBe('481');
  });

  it('a CANCEL of nothing is 481', () => {
    const stage = new CoreStage();
    stage.arrive('CANCEL');
    expect(stage.sent()).toEqual(['481']);
  });

  it('strict dialogs: a request with a To tag is 481', () => {
    const stage = new CoreStage({ settings: { strictDialogs: true } });
    stage.arrive('MESSAGE', { toTag: 'x' });
    expect(stage.sent()).toEqual(['481']);
  });
});

describe('REGISTER checks', () => {
  it.each([
    ['*', ['Expires: 3600'], '400'],
    ['*', [], '400'],
    ['None', [], '400'],
  ] as const)('Contact %s with %j: %s', (contact, headers, expected) => {
    const stage = new CoreStage();
    stage.arrive('REGISTER', { contact, headers });
    expect(stage.sent()).toEqual([expected]);
  });

  it('Contact: * with Expires: 0 is delivered', () => {
    const stage = new CoreStage();
    stage.arrive('REGISTER', { contact: '*', headers: ['Expires: 0'] });
    expect(stage.app.lines).toEqual(['REGISTER']);
  });

  it('an IPv4 Request-URI is refused by option only', () => {
    const strict = new CoreStage({ settings: { rejectRegisterWithNoRealm: true } });
    strict.arrive('REGISTER', { uri: 'sip:10.0.0.1' });
    expect(strict.sent()).toEqual(['403']);
    strict.arrive('REGISTER', { uri: 'sip:example.com' });
    expect(strict.app.lines).toEqual(['REGISTER']);
  });
});

describe('options that answer alone', () => {
  it('OPTIONS of the named User-Agent is 200 without an application', () => {
    const stage = new CoreStage({ routed: [], settings: { optionsAutoAnswerUserAgent: 'probe' } });
    stage.arrive('OPTIONS', { headers: ['User-Agent: probe'] });
    stage.arrive('OPTIONS', { headers: ['User-Agent: probe 2'], callId: 'b' });
    expect(stage.sent()).toEqual(['200', '503']);
  });

  it('a scanner gets 603, and its ACK silence', () => {
    const stage = new CoreStage({
      settings: { spammers: { userAgents: ['friendly-scanner'], toUsers: ['1900'], fromUsers: [] } },
    });
    const branch = stage.arrive('INVITE', { headers: ['User-Agent: friendly-scanner/1.0'] });
    expect(final(stage)).toBe('603');
    stage.arrive('ACK', { branch, toTag: 'x' });
    stage.arrive('INVITE', { callId: 'b', to: '<sip:19001234@10.0.0.1>' });
    expect(final(stage)).toBe('603');
    expect(stage.app.lines).toEqual([]);
  });

  it('an extension we do not have is 420 by option', () => {
    const stage = new CoreStage({ settings: { supportedExtensions: ['100rel'] } });
    stage.arrive('INVITE', { headers: ['Require: 100rel, foo'] });
    expect(stage.last.get('unsupported')).toBe('foo');
    expect(final(stage)).toBe('420');
  });
});

describe('merged requests', () => {
  it('both reach the application, or the second gets 482 by option', () => {
    const lax = new CoreStage();
    lax.arrive('OPTIONS');
    lax.arrive('OPTIONS');
    expect(lax.app.lines).toEqual(['OPTIONS', 'OPTIONS']);
    const strict = new CoreStage({ settings: { answerMergedRequests: true } });
    strict.arrive('OPTIONS');
    strict.arrive('OPTIONS');
    strict.arrive('OPTIONS', { callId: 'other' });
    expect(strict.app.lines).toEqual(['OPTIONS', 'OPTIONS']);
    expect(strict.sent()).toEqual(['482']);
  });
});
