// A call in words: who it was with, which way it went, and how it ended.
import { mdiPhoneCancel, mdiPhoneIncoming, mdiPhoneInTalk, mdiPhoneMissed, mdiPhoneOutgoing, mdiVoicemail } from '@mdi/js';
import { isolated } from './beside.ts';
import type { CallInProgress, CallRecord } from './data.ts';
import { t } from './words.ts';

type Party = Pick<CallRecord['caller'], 'name' | 'number'>;
type Call = Pick<CallRecord, 'direction' | 'caller' | 'callee' | 'dialled'>;

/** A name where there is one, for a place beside other words; never empty. */
export function partyName({ name, number }: Party): string {
  if (name !== '') return isolated(name);
  return number === '' ? t('call.hidden') : number;
}

/** The number below the name, where the name is not the number already. */
export function partyNumber({ name, number }: Party): string {
  return name === '' || name === number ? '' : number;
}

/** Who is not of this house, or who is called within it. */
export function otherSide({ direction, caller, callee }: Call): CallRecord['caller'] {
  return direction === 'inbound' ? caller : callee;
}

/** Whom a press calls back; undefined where nobody can be: a hidden number, or a call that was refused. `mine`: of whoever would call. */
export function sideToCall(
  one: Call & Pick<CallRecord, 'disposition' | 'purpose'>,
  mine: CallRecord['caller']['personId'] | undefined,
): Party | undefined {
  if (one.disposition === 'blocked' || one.purpose !== null) return undefined;
  const isMine = one.direction === 'internal' && mine !== undefined && mine !== null && one.callee.personId === mine;
  const side = isMine ? one.caller : otherSide(one);
  const number = side.number === '' && one.direction !== 'inbound' ? one.dialled : side.number;
  return /^[+*#\d]{2,}$/.test(number) ? { name: side.name, number } : undefined;
}

export function callTitle(call: Call & Pick<CallRecord, 'purpose'>): string {
  if (call.purpose !== null) return calleeName(call);
  if (call.direction === 'internal') return t('call.fromTo', { from: partyName(call.caller), to: calleeName(call) });
  return call.direction === 'inbound' ? partyName(call.caller) : calleeName(call);
}

/** Before anybody answers, who is called may be known by what was dialled alone. */
export function calleeName({ callee, dialled }: Pick<Call, 'callee' | 'dialled'>): string {
  return callee.name === '' && callee.number === '' ? dialled : partyName(callee);
}

type Ended = Pick<CallRecord, 'direction' | 'disposition' | 'reason' | 'purpose'>;

/** How it ended in a word; of a call that the house made itself, what it was for. */
export function resultText(one: Pick<CallRecord, 'disposition' | 'purpose'>): string {
  return one.purpose === null || one.disposition === null ? dispositionText(one) : t(`call.${one.purpose}`);
}

/** How it ended in a word, such as “Missed”. */
export function dispositionText({ disposition }: Pick<CallRecord, 'disposition'>): string {
  return disposition === null ? t('call.now') : t(`disposition.${disposition}`);
}

/** Why, in a sentence; empty where the word says it all. */
export function reasonText({ direction, disposition, reason, purpose }: Ended): string {
  // That the house went over to the call that it dialled is no news.
  if (reason === null || disposition === null || (purpose !== null && reason === 'transferred')) return '';
  // Of a trunk nobody in the house has heard who called a phone of it.
  if (reason === 'unreachable' && direction !== 'outbound') return t('call.unreachable');
  return t(`reason.${reason}`);
}

export function callIcon({ direction, disposition }: Ended): string {
  if (disposition === null) return mdiPhoneInTalk;
  if (disposition === 'voicemail') return mdiVoicemail;
  if (disposition === 'blocked') return mdiPhoneCancel;
  if (disposition === 'missed') return mdiPhoneMissed;
  return direction === 'outbound' ? mdiPhoneOutgoing : mdiPhoneIncoming;
}

/** Whether somebody should look at it: it was for us, and nobody took it. */
export function isBad({ direction, disposition, purpose }: Ended): boolean {
  if (purpose !== null) return false;
  return disposition === 'failed' || (direction !== 'outbound' && disposition === 'missed');
}

export function phaseText({ state, direction, ringingAt }: Pick<CallInProgress, 'state' | 'direction' | 'ringingAt'>): string {
  if (state === 'ringing') return direction === 'inbound' || ringingAt !== null ? t('call.rings') : t('call.dialling');
  return state === 'held' ? t('call.held') : t('call.talking');
}
