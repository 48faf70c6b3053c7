// What is wrong in the house, in the reader's language, and where it is mended.
import type { AlertId } from '#contract/alert-ids.ts';
import { alertValueForms } from '#contract/alert-words/value-forms.ts';
import type { AlertEntry } from '#contract/observation.ts';
import { clock } from './clock.ts';
import { formatWhen } from './format.ts';
import { numberFormat } from './intl.ts';
import type { TitledPage } from './routes.ts';
import type { StringKey } from './strings/en.ts';
import { locale, t } from './words.ts';

/** The page on which somebody does something about it; undefined where that is done elsewhere. */
export const mendingPages: Readonly<Record<AlertId, TitledPage | undefined>> = {
  'storage-failed': undefined,
  'outbox-failing': 'twilio',
  'sip-port-taken': undefined,
  'web-port-taken': undefined,
  'login-locked': 'security',
  'password-guessing': 'phones',
  'outgoing-refused': 'outgoing',
  'trunk-down': 'trunks',
  'call-records-failing': undefined,
  'escalation-exhausted': 'escalations',
  'recording-suspended': 'recording',
  'transcripts-missing': 'recording',
  'holidays-unread': 'routing',
  'backup-failed': 'backup',
  'number-settings-drifted': 'twilio',
  'mqtt-broken': 'home-assistant',
  'home-assistant-refuses': 'home-assistant',
  'notifications-failing': 'channels',
};

export function alertTitle({ alertId, about }: Pick<AlertEntry, 'alertId' | 'about'>): string {
  return t(`alert.${alertId}`, { about: spoken(alertId, about) });
}

/** What it is about and what helps. */
export function alertText({ alertId, about, values }: Pick<AlertEntry, 'alertId' | 'about' | 'values'>): string {
  const said = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, spoken(name, value)]));
  if (values['others'] !== undefined) return t('alert.login-locked.others', said);
  return t(`alert.${alertId}.text`, { ...said, about: spoken(alertId, about) });
}

function spoken(name: string, value: string | number): string {
  const form = alertValueForms[name];
  if (form === 'time') return formatWhen(Date.parse(String(value)), clock.now(), locale.value);
  if (form === 'name') return String(value);
  if (form !== undefined) return t(`${form}${value}` as StringKey);
  return typeof value === 'number' ? numberFormat(locale.value.tag).format(value) : value;
}
