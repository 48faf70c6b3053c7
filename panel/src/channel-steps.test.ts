import { describe, expect, it } from 'vitest';
import { channelDraft } from './channel-draft.ts';
import type { ChannelDraft } from './channel-draft.ts';
import { stepField } from './channel-steps.ts';
import type { CheckedStep } from './channel-steps.ts';

const draft = channelDraft({
  ...{ isSetUp: false, isEnabled: false, problem: null, failing: null, changedAt: null, waiting: 0 },
  ...{ channel: 'mail', settings: null, hasSecret: { password: false, dkimPrivateKey: false, serverToken: false } },
});
const failed = (step: CheckedStep['step'], detail = ''): CheckedStep => ({
  step,
  outcome: 'failed',
  reason: 'unexpected',
  detail,
});
const dkim = 'The DNS has no key at house._domainkey.example.org';
const own: Partial<ChannelDraft> = { allowsOwnNetwork: true };
const signed: Partial<ChannelDraft> = { dkimDomain: 'example.org' };

describe('a step of a check that failed', () => {
  it.each([
    ['mail', {}, failed('address'), 'settings.host'],
    ['mail', {}, failed('connect'), 'settings.port'],
    ['mail', {}, failed('tls'), 'settings.security'],
    ['mail', {}, failed('certificate'), 'settings.host'],
    ['mail', own, failed('certificate'), 'settings.certificateAuthority'],
    ['mail', {}, failed('login'), 'secrets.password'],
    ['mail', {}, failed('sender', '550 not you'), 'settings.from.address'],
    ['mail', signed, failed('sender', dkim), 'secrets.dkimPrivateKey'],
    ['mail', { provider: 'postmark' }, failed('token'), 'secrets.serverToken'],
    ['mail', { provider: 'postmark' }, failed('connect'), undefined],
    ['gotify', {}, failed('server'), 'settings.url'],
    ['ntfy', {}, failed('token'), 'secrets.token'],
    ['web-push', {}, failed('server'), undefined],
  ] as const)('is mended at its field: %s %o %o', (channel, part, step, name) =>
    expect(stepField(channel, { ...draft, ...part }, step)).toBe(name),
  );
});
