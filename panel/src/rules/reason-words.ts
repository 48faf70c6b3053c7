// Why a call is decided as it is, in the reader's language. What the panel does not know, the house says itself.
import type { RoutingReasonCode } from '#contract/routing-reasons.ts';
import type { StringKey } from '../strings/en.ts';
import type { Values } from '../phrase.ts';
import type { Speech } from './speech.ts';

export type Reason = {
  readonly code: RoutingReasonCode;
  readonly params: Readonly<Record<string, string | number | null>>;
  readonly text: string;
};

const moments = new Set(['until', 'importedAt', 'dialledAt', 'lastCallAt']);

/** `when`: a moment in milliseconds since 1970, as the reader's clock shows it. */
export function reasonText({ code, params, text }: Reason, { t }: Speech, when: (at: number) => string): string {
  const key = code === 'state-unknown' ? stateKey(params['fallback']) : (`because.${code}` as const);
  const said = t(key, valuesOf({ code, params }, t, when));
  return said === key ? text : said.trim().replaceAll(/\s+/g, ' ');
}

function stateKey(fallback: string | number | null | undefined): StringKey {
  return fallback === 'match' ? 'because.state-unknown.match' : 'because.state-unknown.no-match';
}

function valuesOf({ code, params }: Pick<Reason, 'code' | 'params'>, t: Speech['t'], when: (at: number) => string): Values {
  const entries = Object.entries(params).map(([name, value]) => {
    if (name === 'until' && code.startsWith('dnd-'))
      return [name, value === null ? '' : t('because.until', { when: when(Number(value)) })];
    if (name === 'reason') return [name, value === '' ? '' : `(${value})`];
    return [name, moments.has(name) ? when(Number(value)) : (value ?? '')];
  });
  return Object.fromEntries(entries) as Values;
}
