// What known providers of mail need, as they publish it (docs/notifications/mail.md).
import type { MailSettings } from '#contract/mail-settings.ts';
import type { StringKey } from './strings/en.ts';

type Server = Pick<Extract<MailSettings, { service: 'smtp' }>, 'host' | 'port' | 'security'>;

/** `server`: undefined where somebody types it, or nothing can be sent from there. `name`: as they call themselves, or the key of words. */
type MailProvider = {
  readonly name: string;
  readonly server?: Server;
  readonly help: StringKey;
  /** Whether the password is one for programs alone. */
  readonly hasAppPassword?: true;
};

export const mailProviderIds = ['gmail', 'gmx', 'web.de', 'icloud', 'outlook', 'postmark', 'other'] as const;
export type MailProviderId = (typeof mailProviderIds)[number];

const tls = { port: 465, security: 'tls' } as const;

export const mailProviders: Readonly<Record<MailProviderId, MailProvider>> = {
  gmail: { name: 'Gmail', server: { host: 'smtp.gmail.com', ...tls }, help: 'channel.help.gmail', hasAppPassword: true },
  gmx: { name: 'GMX', server: { host: 'mail.gmx.net', ...tls }, help: 'channel.help.gmx' },
  'web.de': { name: 'WEB.DE', server: { host: 'smtp.web.de', ...tls }, help: 'channel.help.gmx' },
  icloud: {
    name: 'iCloud',
    server: { host: 'smtp.mail.me.com', port: 587, security: 'starttls' },
    help: 'channel.help.icloud',
    hasAppPassword: true,
  },
  outlook: { name: 'channel.service.outlook', help: 'channel.help.outlook' },
  postmark: { name: 'Postmark', help: 'channel.help.postmark' },
  other: { name: 'channel.service.other', help: 'channel.help.other' },
};

/** Whose settings these are, known by the server. */
export function providerOf(settings: MailSettings): MailProviderId {
  if (settings.service === 'postmark') return 'postmark';
  const host = settings.host.toLowerCase();
  return mailProviderIds.find((id) => mailProviders[id].server?.host === host) ?? 'other';
}
