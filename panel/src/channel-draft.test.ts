import { describe, expect, it } from 'vitest';
import { channelDraft, channelInput, withFrom, withProvider, withSecurity } from './channel-draft.ts';
import type { ChannelDraft, ChannelState } from './channel-draft.ts';

const state = { isSetUp: false, isEnabled: false, problem: null, failing: null, changedAt: null, waiting: 0 };
const noMail: ChannelState = {
  ...state,
  channel: 'mail',
  settings: null,
  hasSecret: { password: false, dkimPrivateKey: false, serverToken: false },
};
const fresh = channelDraft(noMail);

function typed(...parts: readonly Partial<ChannelDraft>[]): ChannelDraft {
  return Object.assign({}, fresh, ...parts) as ChannelDraft;
}

describe('the settings of mail as they are written', () => {
  it('need address and app password alone with a known provider', () => {
    const chosen = typed(withProvider(fresh, 'gmail'));
    const draft = { ...chosen, ...withFrom(chosen, 'anna@gmail.com'), password: 'abcd efgh ijkl mnop' };
    expect(channelInput('mail', draft)).toEqual({
      channel: 'mail',
      isEnabled: true,
      settings: {
        service: 'smtp',
        from: { address: 'anna@gmail.com', name: 'GoSIP' },
        maxAttachmentBytes: 5 * 1024 * 1024,
        host: 'smtp.gmail.com',
        port: 465,
        security: 'tls',
        username: 'anna@gmail.com',
        allowsOwnNetwork: false,
        certificateAuthority: null,
        dkim: null,
      },
      secrets: { password: 'abcdefghijklmnop', dkimPrivateKey: null },
    });
  });

  it('keep the blanks of a password where the provider has no app passwords', () => {
    const draft = typed({ host: 'mail.example.org', username: 'anna', password: 'two words' });
    expect(channelInput('mail', draft).secrets).toMatchObject({ password: 'two words' });
  });

  it('leave the saved password where none is written, and take it away where nobody logs in', () => {
    expect(channelInput('mail', typed({ username: 'anna' })).secrets).toEqual({ dkimPrivateKey: null });
    expect(channelInput('mail', typed({ username: '', password: 'left over' })).secrets).toEqual({
      password: null,
      dkimPrivateKey: null,
    });
  });

  it('keep the key that signs for as long as there is a domain', () => {
    const draft = typed({ username: 'anna', dkimDomain: 'example.org', dkimSelector: 'house' });
    const { settings, secrets } = channelInput('mail', draft);
    expect(settings).toMatchObject({ dkim: { domain: 'example.org', selector: 'house' } });
    expect(secrets).toEqual({});
  });

  it('are those of Postmark without any of a mail server', () => {
    const draft = typed({ provider: 'postmark', fromAddress: 'house@example.org', serverToken: ' token ', host: 'left.over' });
    expect(channelInput('mail', draft)).toMatchObject({
      settings: { service: 'postmark', messageStream: 'outbound' },
      secrets: { serverToken: 'token' },
    });
  });

  it('do not change the account that somebody wrote when the address changes', () => {
    const own = typed({ provider: 'gmx', fromAddress: 'anna@gmx.net', username: '12345' });
    expect(withFrom(own, 'house@gmx.net')).toEqual({ fromAddress: 'house@gmx.net' });
  });

  it.each([
    ['465', { security: 'starttls', port: '587' }],
    ['2525', { security: 'starttls' }],
  ])('have the usual port of an encryption unless another was written: %s', (port, changed) =>
    expect(withSecurity(typed({ port }), 'starttls')).toEqual(changed),
  );

  it('are the same when they were saved and are read again', () => {
    const draft = typed(withProvider(fresh, 'icloud'), { fromAddress: 'anna@icloud.com', username: 'anna@icloud.com' });
    const { settings } = channelInput('mail', draft);
    expect(channelDraft({ ...noMail, isSetUp: true, isEnabled: true, settings } as ChannelState)).toEqual(draft);
  });
});

describe('the settings of a push server as they are written', () => {
  it('begin with the public server of ntfy, and keep its token unless it is taken away', () => {
    const ntfy: ChannelState = { ...state, channel: 'ntfy', settings: null, hasSecret: { token: true } };
    const draft = channelDraft(ntfy);
    expect(channelInput('ntfy', draft)).toMatchObject({ settings: { url: 'https://ntfy.sh' }, secrets: {} });
    expect(channelInput('ntfy', { ...draft, dropsToken: true }).secrets).toEqual({ token: null });
  });

  it('stay switched off where they were', () => {
    const settings = { url: 'https://push.example.org', allowsOwnNetwork: false };
    const off: ChannelState = { ...state, isSetUp: true, channel: 'gotify', settings, hasSecret: {} };
    expect(channelInput('gotify', channelDraft(off))).toEqual({ channel: 'gotify', isEnabled: false, settings, secrets: {} });
  });
});
