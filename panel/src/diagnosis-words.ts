// Why it did not ring, in a sentence.
import { callReasons } from '#contract/call-verdicts.ts';
import type { diagnoseCall } from '#contract/diagnosis.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { spokenDuration } from './format.ts';
import { nameFormat } from './intl.ts';
import { and } from './rules/speech.ts';
import type { Speech } from './rules/speech.ts';
import type { StringKey } from './strings/en.ts';

export type Diagnosis = EndpointReply<typeof diagnoseCall>;
export type Cause = Diagnosis['cause'];
export type Mending = Diagnosis['mendings'][number];

const reasons: ReadonlySet<string> = new Set(callReasons);

/** Words of its own where there is more to say than the reason of the call. */
export function causeKey(code: Cause['code']): StringKey {
  return (reasons.has(code) ? `reason.${code}` : `why.is.${code}`) as StringKey;
}

/** `when`: a moment in milliseconds since 1970, as the reader’s clock shows it. Ends with a full stop. */
export function causeText({ code, names, values }: Cause, speech: Speech, when: (at: number) => string): string {
  const { t } = speech;
  const key = code === 'answered' && names.length === 0 ? 'why.is.answered-outside' : causeKey(code);
  const until = values['until'];
  const said = t(key, {
    names: and(names, speech),
    length: spokenDuration(Number(values['seconds'] ?? 0), speech),
    until: typeof until === 'number' ? t('because.until', { when: when(until) }) : '',
    extension: values['extension'] ?? '',
    number: values['number'] ?? '',
  });
  const clean = said
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([.,:])/g, (whole, mark: string) => (mark === ':' && speech.tag.startsWith('fr') ? whole : mark));
  return /[.!?]$/.test(clean) ? clean : `${clean}.`;
}

const pages = {
  'open-routing': 'page.routing',
  'open-trunks': 'page.trunks',
  'open-outgoing': 'page.outgoing',
  'open-alerts': 'page.alerts',
  'open-logs': 'page.logs',
} as const satisfies Partial<Record<Mending['code'], StringKey>>;

/** What a button does. */
export function mendingText({ code, values }: Pick<Mending, 'code' | 'values'>, { t, tag }: Speech): string {
  if (code in pages) return t('why.mend.open', { page: t(pages[code as keyof typeof pages]) });
  if (code === 'dnd-off' && values['of'] === 'house') return t('why.mend.dnd-house');
  return t(`why.mend.${code}` as StringKey, { name: mendedName({ code, values }, { t, tag }) });
}

export function mendedName({ values }: Pick<Mending, 'code' | 'values'>, { t, tag }: Pick<Speech, 't' | 'tag'>): string {
  const place = values['destination'];
  if (typeof place !== 'string') return String(values['name'] ?? '');
  if (place === 'premium-rate') return t('why.place.premium');
  if (place === 'international-networks') return t('why.place.networks');
  return /^[A-Z]{2}$/.test(place) ? (nameFormat(tag, 'region').of(place) ?? place) : place;
}
