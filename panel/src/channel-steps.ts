// Where in the form of a channel somebody mends what a check found.
import type { EndpointReply } from '#contract/endpoint.ts';
import type { checkChannel } from '#contract/notification-channels.ts';
import type { ChannelId, CheckStep } from '#contract/notification-kinds.ts';
import type { ChannelDraft } from './channel-draft.ts';

export type CheckedStep = EndpointReply<typeof checkChannel>['steps'][number];

const ofMailServer: Readonly<Record<CheckStep, string>> = {
  address: 'settings.host',
  connect: 'settings.port',
  greeting: 'settings.port',
  tls: 'settings.security',
  certificate: 'settings.host',
  login: 'secrets.password',
  sender: 'settings.from.address',
  server: 'settings.host',
  token: 'secrets.password',
  target: 'settings.from.address',
};

/** The id of the field; undefined where there is none for it. */
export function stepField(channel: ChannelId, draft: ChannelDraft, { step, detail }: CheckedStep): string | undefined {
  if (channel === 'gotify' || channel === 'ntfy')
    return step === 'token' && channel === 'ntfy' ? 'secrets.token' : 'settings.url';
  if (channel !== 'mail') return undefined;
  if (draft.provider === 'postmark') {
    if (step === 'sender') return 'settings.from.address';
    return step === 'server'
      ? 'settings.messageStream'
      : step === 'token' || step === 'login'
        ? 'secrets.serverToken'
        : undefined;
  }
  if (step === 'sender' && draft.dkimDomain !== '' && /dkim|domainkey/i.test(detail)) return 'secrets.dkimPrivateKey';
  if (step === 'certificate' && draft.allowsOwnNetwork) return 'settings.certificateAuthority';
  return ofMailServer[step];
}

export function failedStep(steps: readonly CheckedStep[]): CheckedStep | undefined {
  return steps.find(({ outcome }) => outcome === 'failed');
}
