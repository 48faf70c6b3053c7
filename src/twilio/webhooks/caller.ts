import { isRecord, parseJson } from '#base/json.ts';
import type { PstnCaller } from '#calls/pstn-call-decision.ts';
import { shownName } from '#contract/display-name.ts';
import { isWithheldWord } from '#contract/withheld-number.ts';
import type { WebhookForm } from './webhook-form.ts';

/** Of the caller name (CNAM). */
const maxNameLength = 64;
const e164 = /^\+[1-9]\d{6,14}$/;

/** The caller, by the parameters of a voice webhook. Never throws: they are set by the caller's side. */
export function readCaller(form: WebhookForm): PstnCaller {
  const number = callerNumber(form.text('From'));
  return {
    number,
    isWithheld: number === undefined,
    // A caller who withholds the number is not shown by name either.
    name: number === undefined ? '' : shownName(form.text('CallerName'), maxNameLength),
    attestation: readAttestation(form.text('StirVerstat')),
    spamScore: readSpamScore(form.text('AddOns')),
  };
}

/** E.164; undefined where the number is withheld, a pseudo-number, or none at all. */
export function callerNumber(from: string): string | undefined {
  const text = userOf(from).trim();
  return e164.test(text) && !isWithheldWord(text) ? text : undefined;
}

/** The called number of an outbound call: E.164, or a short number of the country, such as an emergency number. */
export function calledNumber(to: string): string | undefined {
  const text = userOf(to).trim();
  return /^\d{2,8}$/.test(text) ? text : callerNumber(text);
}

/** The user part of a SIP URI, decoded; anything else as it is. */
export function userOf(address: string): string {
  const match = /^sips?:([^@;?]*)@/i.exec(address);
  if (match === null) return address;
  try {
    return decodeURIComponent(match[1] ?? '');
  } catch {
    return match[1] ?? '';
  }
}

function readAttestation(verstat: string): PstnCaller['attestation'] {
  const passed = /^TN-Validation-Passed-([ABC])(?:-(?:Diverted|Passthrough))?$/.exec(verstat);
  if (passed !== null) return passed[1] === 'A' ? 'full' : passed[1] === 'B' ? 'partial' : 'gateway';
  return verstat.startsWith('TN-Validation-Failed') ? 'failed' : 'none';
}

/** 0 to 1, the worst of all add-ons that succeeded; undefined where none did: a failed add-on does not mean harmless. */
export function readSpamScore(addOns: string): number | undefined {
  const envelope = asObject(parseJson(addOns));
  if (envelope?.['status'] !== 'successful') return undefined;
  const results = asObject(envelope['results']) ?? {};
  const scores = Object.entries(scorers).flatMap(([name, scoreOf]) => {
    const one = asObject(Object.hasOwn(results, name) ? results[name] : undefined);
    const result = one?.['status'] === 'successful' ? asObject(one['result']) : undefined;
    const score = result === undefined ? undefined : scoreOf(result);
    return score === undefined ? [] : [Math.min(1, Math.max(0, score))];
  });
  return scores.length === 0 ? undefined : Math.max(...scores);
}

type Fields = Readonly<Record<string, unknown>>;

const scorers: Readonly<Record<string, (result: Fields) => number | undefined>> = {
  nomorobo_spamscore: (result) => (result['status'] === 'success' ? asNumber(result['score']) : undefined),
  marchex_cleancall: (result) => {
    const recommendation = asObject(asObject(result['result'])?.['result'])?.['recommendation'];
    return recommendation === 'BLOCK' ? 1 : recommendation === 'PASS' ? 0 : undefined;
  },
  truecnam_truespam: (result) => (asNumber(result['err']) === 0 ? scaled(asNumber(result['spam_score']), 100) : undefined),
  icehook_scout: (result) => scaled(asNumber(result['risk_level']), 100),
  ekata_phone_valid: (result) => levelOf(result['reputation_level']),
  whitepages_pro_phone_rep: (result) => {
    const first = Array.isArray(result['results']) ? asObject(result['results'][0]) : undefined;
    return levelOf(asObject(first?.['reputation'])?.['level']);
  },
};

/** Levels go from 1 to 4. */
function levelOf(value: unknown): number | undefined {
  const level = asNumber(value);
  return level === undefined ? undefined : (level - 1) / 3;
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by;
}

function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function asObject(value: unknown): Fields | undefined {
  return isRecord(value) ? value : undefined;
}
