// A channel in words: how it is with it now.
import { mdiBullhornOutline, mdiEmailOutline, mdiHomeAssistant, mdiMessageBadgeOutline, mdiWeb } from '@mdi/js';
import type { ChannelId } from '#contract/notification-kinds.ts';
import type { ChannelState } from './channel-draft.ts';
import type { Tone } from './parts/status.ts';
import { t, tn } from './words.ts';

export const channelIcons: Readonly<Record<ChannelId, string>> = {
  mail: mdiEmailOutline,
  gotify: mdiMessageBadgeOutline,
  ntfy: mdiBullhornOutline,
  'home-assistant': mdiHomeAssistant,
  'web-push': mdiWeb,
};

type Facts = Pick<ChannelState, 'channel' | 'isSetUp' | 'isEnabled' | 'problem' | 'failing' | 'waiting'>;

/** There is nothing to set up: they work as soon as somebody uses them. */
export function isWithoutSettings(channel: ChannelId): boolean {
  return channel === 'home-assistant' || channel === 'web-push';
}

/** Whether anything is sent this way. */
export function isUsed({ channel, isSetUp, isEnabled, problem }: Facts): boolean {
  if (problem === 'not-set-up') return false;
  return isSetUp ? isEnabled : isWithoutSettings(channel);
}

export function channelStatus(facts: Facts): { readonly text: string; readonly tone: Tone } {
  const { isSetUp, isEnabled, problem, failing } = facts;
  if (!isUsed(facts)) return { text: t(isSetUp && !isEnabled ? 'channel.off' : 'channel.notSetUp'), tone: 'quiet' };
  if (problem !== null || failing !== null) return { text: t('channel.fails'), tone: 'bad' };
  return { text: t('hub.works'), tone: 'good' };
}

/** Why nothing arrives, and how much waits; empty where all is well. */
export function channelTrouble(facts: Facts): readonly string[] {
  if (!isUsed(facts)) return [];
  const { problem, failing, waiting } = facts;
  const why =
    problem !== null ? t(`delivery.reason.${problem}`) : failing === null ? '' : t('channel.failing', { detail: failing });
  return [why, waiting === 0 ? '' : tn('channel.waiting', waiting)].filter((text) => text !== '');
}
