// One line for each page of settings: how it is with what is there, as the house says now.
import { listLockouts } from '#contract/auth.ts';
import { listAutoReplies } from '#contract/auto-replies.ts';
import { getRestore } from '#contract/backup.ts';
import { listBlocklist } from '#contract/blocklist.ts';
import { listEscalationChains } from '#contract/escalation-chains.ts';
import { listDestinations } from '#contract/external.ts';
import { getHomeAssistantLink } from '#contract/home-assistant.ts';
import { listChannels } from '#contract/notification-channels.ts';
import { listDeliveries } from '#contract/notifications.ts';
import { listNumbers } from '#contract/numbers.ts';
import { getConfig, listAlerts } from '#contract/observation.ts';
import { listRingGroups } from '#contract/ring-groups.ts';
import { getTwilioSetup } from '#contract/setup.ts';
import { listTrunks } from '#contract/trunks.ts';
import { getHealth } from '#contract/system.ts';
import type { HealthPartName } from '#contract/system.ts';
import { getVoicemailSettings } from '#contract/voicemails.ts';
import { call } from '../../api.ts';
import { isUsed } from '../../channel-words.ts';
import { clock } from '../../clock.ts';
import { formatWhen } from '../../format.ts';
import type { Tone } from '../../parts/status.ts';
import type { TitledPage } from '../../routes.ts';
import { locale, t, tn } from '../../words.ts';

export type State = { readonly text: string; readonly tone: Tone };
type Reader = () => Promise<State>;

const one = { query: { per_page: 1 } } as const;
const quiet = (text: string): State => ({ text, tone: 'quiet' });

/** A page without a line has nothing that changes. */
export const stateReaders: Partial<Record<TitledPage, Reader>> = {
  numbers: async () => quiet(tn('hub.numbers.count', (await call(listNumbers, one)).total)),
  trunks: () => trunkHealth('trunks'),
  twilio: async () => {
    const { isSetUp, problems } = await call(getTwilioSetup);
    if (!isSetUp) return quiet(t('ha.off'));
    return problems.length === 0 ? { text: t('hub.works'), tone: 'good' } : { text: t('ha.health.limited'), tone: 'warning' };
  },
  outgoing: () => trunkHealth('outbound calls'),
  'ring-groups': async () => quiet(tn('hub.count', (await call(listRingGroups, one)).total)),
  escalations: async () => quiet(tn('hub.count', (await call(listEscalationChains, one)).total)),
  blocklist: async () => quiet(tn('hub.count', (await call(listBlocklist, one)).total)),
  'auto-replies': async () => quiet(tn('hub.count', (await call(listAutoReplies, one)).total)),
  recording: async () => {
    const { keepVoicemailDays } = await call(getVoicemailSettings);
    return quiet(keepVoicemailDays === null ? t('hub.recording.ever') : tn('hub.recording.days', keepVoicemailDays));
  },
  'home-assistant': async () => {
    const { mqtt, core } = await call(getHomeAssistantLink);
    const states: readonly string[] = [mqtt.state, core.state];
    if (states.some((state) => ['refused', 'unreachable', 'away'].includes(state))) return { text: t('ha.bad'), tone: 'bad' };
    return states.includes('connected') ? { text: t('ha.ok'), tone: 'good' } : quiet(t('ha.off'));
  },
  security: async () => {
    const { length } = (await call(listLockouts)).items;
    return length === 0 ? quiet(t('hub.security.none')) : { text: tn('hub.security.locked', length), tone: 'warning' };
  },
  backup: async () => {
    const { state, undoableSince } = await call(getRestore);
    if (state !== 'none') return { text: t('hub.backup.waits'), tone: 'accent' };
    return quiet(undoableSince === null ? '' : t('hub.backup.undo'));
  },
  alerts: async () => {
    const { length } = (await call(listAlerts)).open;
    return length === 0 ? { text: t('alerts.well'), tone: 'good' } : { text: tn('alerts.open', length), tone: 'warning' };
  },
  channels: async () => {
    const used = (await call(listChannels)).items.filter(isUsed);
    if (used.some(({ problem, failing }) => problem !== null || failing !== null))
      return { text: t('channel.fails'), tone: 'bad' };
    return used.length === 0 ? quiet(t('channel.notSetUp')) : { text: t('hub.works'), tone: 'good' };
  },
  deliveries: async () => {
    const from = new Date(clock.now() - 86_400_000).toISOString();
    const { total } = await call(listDeliveries, { query: { state: 'failed', from, per_page: 1 } });
    return total === 0 ? quiet('') : { text: tn('hub.deliveries.failed', total), tone: 'warning' };
  },
  webhooks: async () => quiet(tn('hub.count', (await call(listDestinations, one)).total)),
  metrics: async () => {
    const { startedAt } = await call(getHealth);
    return quiet(t('hub.metrics.since', { when: formatWhen(Date.parse(startedAt), clock.now(), locale.value) }));
  },
  logs: async () => quiet(`GoSIP ${(await call(getConfig)).version}`),
};

/** Nothing works that is not there. */
async function trunkHealth(name: HealthPartName): Promise<State> {
  const [{ total }, { isSetUp }] = await Promise.all([call(listTrunks, one), call(getTwilioSetup)]);
  return total === 0 && !isSetUp ? quiet(t('hub.none')) : healthOf(name);
}

async function healthOf(name: HealthPartName): Promise<State> {
  const status = (await call(getHealth)).parts.find((part) => part.name === name)?.status;
  if (status === undefined) return quiet('');
  if (status === 'ok') return { text: t('hub.works'), tone: 'good' };
  return status === 'down' ? { text: t('ha.health.down'), tone: 'bad' } : { text: t('ha.health.limited'), tone: 'warning' };
}
