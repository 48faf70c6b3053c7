// What is written of a channel's settings, as its form has it and as the house is asked.
import type { EndpointReply } from '#contract/endpoint.ts';
import type { MailSettings } from '#contract/mail-settings.ts';
import type { ChannelInput, getChannel } from '#contract/notification-channels.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import { mailProviders, providerOf } from './mail-providers.ts';
import type { MailProviderId } from './mail-providers.ts';

export type ChannelState = EndpointReply<typeof getChannel>;
type Smtp = Extract<MailSettings, { service: 'smtp' }>;

/** Of all channels; each uses its own. Secrets are empty where they stay as they are. */
export type ChannelDraft = {
  readonly isEnabled: boolean;
  readonly provider: MailProviderId;
  readonly fromAddress: string;
  readonly fromName: string;
  readonly host: string;
  readonly port: string;
  readonly security: Smtp['security'];
  readonly username: string;
  readonly password: string;
  readonly certificateAuthority: string;
  readonly dkimDomain: string;
  readonly dkimSelector: string;
  readonly dkimKey: string;
  readonly attachmentMiB: string;
  readonly serverToken: string;
  readonly messageStream: string;
  readonly url: string;
  readonly allowsOwnNetwork: boolean;
  readonly token: string;
  readonly dropsToken: boolean;
};

export const draftSecrets = ['password', 'dkimKey', 'serverToken', 'token'] as const satisfies readonly (keyof ChannelDraft)[];

const mebibyte = 1024 * 1024;

const empty: ChannelDraft = {
  isEnabled: true,
  provider: 'other',
  fromAddress: '',
  fromName: 'GoSIP',
  host: '',
  port: '587',
  security: 'starttls',
  username: '',
  password: '',
  certificateAuthority: '',
  dkimDomain: '',
  dkimSelector: '',
  dkimKey: '',
  attachmentMiB: '5',
  serverToken: '',
  messageStream: 'outbound',
  url: '',
  allowsOwnNetwork: false,
  token: '',
  dropsToken: false,
};

export function channelDraft(state: ChannelState): ChannelDraft {
  const draft = { ...empty, isEnabled: state.isEnabled || !state.isSetUp };
  if (state.channel === 'mail') return state.settings === null ? draft : { ...draft, ...mailDraft(state.settings) };
  if (state.channel === 'gotify') return { ...draft, ...state.settings };
  return state.channel === 'ntfy' ? { ...draft, url: 'https://ntfy.sh', ...state.settings } : draft;
}

function mailDraft(settings: MailSettings): Partial<ChannelDraft> {
  const { from, maxAttachmentBytes } = settings;
  const shared = {
    provider: providerOf(settings),
    fromAddress: from.address,
    fromName: from.name,
    attachmentMiB: String(maxAttachmentBytes / mebibyte),
  };
  if (settings.service === 'postmark') return { ...shared, messageStream: settings.messageStream };
  const { host, port, security, username, allowsOwnNetwork, certificateAuthority, dkim } = settings;
  return {
    ...shared,
    ...{ host, port: String(port), security, username: username ?? '', allowsOwnNetwork },
    ...{ certificateAuthority: certificateAuthority ?? '', dkimDomain: dkim?.domain ?? '', dkimSelector: dkim?.selector ?? '' },
  };
}

/** Another provider: its server, where it is known. */
export function withProvider(draft: ChannelDraft, provider: MailProviderId): Partial<ChannelDraft> {
  const { server } = mailProviders[provider];
  if (server === undefined) return { provider };
  const username = draft.username === '' ? draft.fromAddress : draft.username;
  return { provider, ...server, port: String(server.port), username, allowsOwnNetwork: false };
}

/** The account of a known provider is the address, until somebody writes another. */
export function withFrom({ provider, username, fromAddress: before }: ChannelDraft, fromAddress: string): Partial<ChannelDraft> {
  const follows = mailProviders[provider].server !== undefined && (username === '' || username === before);
  return follows ? { fromAddress, username: fromAddress } : { fromAddress };
}

/** The port that goes with it, where none of one's own was written. */
export function withSecurity({ port }: ChannelDraft, security: Smtp['security']): Partial<ChannelDraft> {
  const usual = { tls: '465', starttls: '587', none: '25' };
  return Object.values(usual).includes(port) ? { security, port: usual[security] } : { security };
}

export function channelInput(channel: ChannelId, draft: ChannelDraft): ChannelInput {
  const { isEnabled, url, allowsOwnNetwork, token, dropsToken } = draft;
  switch (channel) {
    case 'mail':
      return { channel, isEnabled, ...mailInput(draft) };
    case 'gotify':
      return { channel, isEnabled, settings: { url: url.trim(), allowsOwnNetwork }, secrets: {} };
    case 'ntfy': {
      const secrets = dropsToken ? { token: null } : given('token', token.trim());
      return { channel, isEnabled, settings: { url: url.trim(), allowsOwnNetwork }, secrets };
    }
    case 'home-assistant':
    case 'web-push':
      return { channel, isEnabled, settings: {}, secrets: {} };
  }
}

type MailInput = Pick<Extract<ChannelInput, { channel: 'mail' }>, 'settings' | 'secrets'>;

function mailInput(draft: ChannelDraft): MailInput {
  const from = { address: draft.fromAddress.trim(), name: draft.fromName };
  const shared = { from, maxAttachmentBytes: Math.round(Number(draft.attachmentMiB) * mebibyte) };
  if (draft.provider === 'postmark') {
    const settings = { service: 'postmark' as const, ...shared, messageStream: draft.messageStream.trim() };
    return { settings, secrets: given('serverToken', draft.serverToken.trim()) };
  }
  return { settings: { service: 'smtp', ...shared, ...smtpInput(draft) }, secrets: smtpSecrets(draft) };
}

function smtpInput(draft: ChannelDraft): Omit<Smtp, 'service' | 'from' | 'maxAttachmentBytes'> {
  const { security, allowsOwnNetwork, certificateAuthority, dkimDomain, dkimSelector } = draft;
  return {
    host: draft.host.trim(),
    port: Number(draft.port),
    security,
    username: draft.username === '' ? null : draft.username,
    allowsOwnNetwork,
    certificateAuthority: certificateAuthority.trim() === '' ? null : certificateAuthority.trim(),
    dkim: dkimDomain.trim() === '' ? null : { domain: dkimDomain.trim(), selector: dkimSelector.trim() },
  };
}

/** What nothing uses any more is taken away. */
function smtpSecrets({ username, password, dkimDomain, dkimKey, provider }: ChannelDraft): MailInput['secrets'] {
  // Shown in groups of four, which are no part of it.
  const typed = mailProviders[provider].hasAppPassword === undefined ? password : password.replaceAll(/\s/g, '');
  return {
    ...(username === '' ? { password: null } : given('password', typed)),
    ...(dkimDomain.trim() === '' ? { dkimPrivateKey: null } : given('dkimPrivateKey', dkimKey.trim())),
  };
}

function given<Name extends string>(name: Name, value: string): Partial<Record<Name, string>> {
  return (value === '' ? {} : { [name]: value }) as Partial<Record<Name, string>>;
}
