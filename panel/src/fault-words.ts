// What a phone did wrong when it registered, in the reader's words, and what helps.
import type { Phone } from './data.ts';
import { isAdmin } from './session.ts';
import { t } from './words.ts';

export type Fault = NonNullable<Phone['fault']>;

export function faultText({ kind, given, sipStatus, transport }: Fault): string {
  return t(`fault.${kind}`, { given: given ?? '', status: sipStatus, transport: transport.toUpperCase() });
}

export function faultHelp({ kind }: Fault, { username }: Pick<Phone, 'username'>): string {
  return t(kind === 'wrong-password' && !isAdmin() ? 'fault.wrong-password.ask' : `fault.${kind}.help`, { username });
}

/** Whether a new password helps: too many wrong ones are wrong ones too. */
export function isPasswordFault({ kind }: Pick<Fault, 'kind'>): boolean {
  return kind === 'wrong-password' || kind === 'slowed-down';
}
