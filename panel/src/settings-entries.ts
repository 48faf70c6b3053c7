import {
  mdiAccountGroup,
  mdiAlertOutline,
  mdiArchiveArrowDownOutline,
  mdiAutorenew,
  mdiBellCheckOutline,
  mdiBellOutline,
  mdiBlockHelper,
  mdiChartLine,
  mdiCloudOutline,
  mdiHomeAssistant,
  mdiMessageReplyTextOutline,
  mdiNumeric,
  mdiPhoneOutgoing,
  mdiShieldLockOutline,
  mdiStairsUp,
  mdiTextBoxOutline,
  mdiTransitConnectionVariant,
  mdiVoicemail,
  mdiWebhook,
} from '@mdi/js';
import type { TitledPage } from './routes.ts';
import type { StringKey } from './strings/en.ts';

/** A page of settings: its icon, and what can be done there, which is also what a search finds it by. */
export type SettingsEntry = { readonly page: TitledPage; readonly icon: string; readonly text: StringKey };

type Group = { readonly title: StringKey; readonly entries: readonly SettingsEntry[] };

/** Every page of settings, by what somebody wants. */
export const settingsGroups = [
  {
    title: 'hub.calls',
    entries: [
      { page: 'numbers', icon: mdiNumeric, text: 'hub.numbers' },
      { page: 'trunks', icon: mdiTransitConnectionVariant, text: 'hub.trunks' },
      { page: 'twilio', icon: mdiCloudOutline, text: 'hub.twilio' },
      { page: 'outgoing', icon: mdiPhoneOutgoing, text: 'hub.outgoing' },
      { page: 'ring-groups', icon: mdiAccountGroup, text: 'hub.ringGroups' },
      { page: 'escalations', icon: mdiStairsUp, text: 'hub.escalations' },
      { page: 'blocklist', icon: mdiBlockHelper, text: 'hub.blocklist' },
      { page: 'recording', icon: mdiVoicemail, text: 'hub.recording' },
      { page: 'auto-replies', icon: mdiMessageReplyTextOutline, text: 'hub.autoReplies' },
    ],
  },
  {
    title: 'hub.house',
    entries: [
      { page: 'channels', icon: mdiBellOutline, text: 'hub.channels' },
      { page: 'deliveries', icon: mdiBellCheckOutline, text: 'hub.deliveries' },
      { page: 'webhooks', icon: mdiWebhook, text: 'hub.webhooks' },
      { page: 'home-assistant', icon: mdiHomeAssistant, text: 'hub.homeAssistant' },
      { page: 'security', icon: mdiShieldLockOutline, text: 'hub.security' },
      { page: 'backup', icon: mdiArchiveArrowDownOutline, text: 'hub.backup' },
      { page: 'welcome', icon: mdiAutorenew, text: 'hub.welcome' },
    ],
  },
  {
    title: 'hub.state',
    entries: [
      { page: 'alerts', icon: mdiAlertOutline, text: 'hub.alerts' },
      { page: 'metrics', icon: mdiChartLine, text: 'hub.metrics' },
      { page: 'logs', icon: mdiTextBoxOutline, text: 'hub.logs' },
    ],
  },
] as const satisfies readonly Group[];

export const settingsEntries: readonly SettingsEntry[] = settingsGroups.flatMap(({ entries }) => [...entries]);
