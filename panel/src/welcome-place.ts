// Owns where somebody is in the set-up, so that it can be left and taken up again, and the login that is shown only once.
import type { Phone, PhoneLogin } from './data.ts';
import { keep, kept } from './kept.ts';
import { go, narrow, openDetail, place } from './router.ts';
import { isAdmin } from './session.ts';

export const welcomeSteps = ['network', 'twilio', 'phone', 'connect', 'ring', 'done'] as const;
export type WelcomeStep = (typeof welcomeSteps)[number];

type Kept = { readonly step: WelcomeStep; readonly phoneId?: string };

const key = 'gosip-welcome';
const leftKey = 'gosip-welcome-left';

/** Of this page load alone: a password is never written anywhere. */
let login: PhoneLogin | undefined;

export function keepLogin(given: PhoneLogin | undefined): void {
  login = given;
}

export function loginOf(phoneId: string): PhoneLogin | undefined {
  return login?.id === phoneId ? login : undefined;
}

export function toStep(step: WelcomeStep, phoneId?: string): void {
  keep(key, JSON.stringify({ step, phoneId } satisfies { step: WelcomeStep; phoneId: string | undefined }));
  go('welcome', step, phoneId === undefined ? {} : { phone: phoneId });
}

/** Goes on where it was left, in place of the address that names no step: whoever goes back leaves the set-up. */
export function resume(phones: readonly Pick<Phone, 'id' | 'isRegistered'>[]): void {
  if (place.value.page !== 'welcome') return;
  const { step, phoneId } = resumed(phones);
  openDetail(step);
  if (phoneId !== undefined) narrow('welcome', { phone: phoneId });
}

/** Where it was left, as far as that is still there; the beginning otherwise. */
function resumed(phones: readonly Pick<Phone, 'id' | 'isRegistered'>[]): Kept {
  const left = readKept();
  const phone = phones.find(({ id }) => id === left?.phoneId);
  if (left === undefined || left.step === 'done') return { step: 'network' };
  if (left.step !== 'connect' && left.step !== 'ring') return { step: left.step };
  if (phone === undefined) return { step: 'phone' };
  return { step: phone.isRegistered ? 'ring' : 'connect', phoneId: phone.id };
}

let isOffered = false;

/** Whoever runs a house without any phone is led to its set-up, once, unless they left that before. */
export function offerWelcome(): void {
  if (isOffered || !isAdmin() || wasLeft() || place.value.page !== 'dashboard') return;
  isOffered = true;
  go('welcome');
}

export function leaveWelcome(): void {
  keep(leftKey, '1');
}

/** Whether somebody left it before its end, in this browser. */
export function isUnfinished(): boolean {
  return wasLeft() && readKept()?.step !== 'done';
}

/** Nobody wants to go on. */
export function finishWelcome(): void {
  keep(key, JSON.stringify({ step: 'done' }));
}

function wasLeft(): boolean {
  return kept(leftKey) !== null;
}

function readKept(): Kept | undefined {
  try {
    const found = JSON.parse(kept(key) ?? 'null') as Partial<Kept> | null;
    const step = welcomeSteps.find((one) => one === found?.step);
    return step === undefined ? undefined : { step, ...(found?.phoneId === undefined ? {} : { phoneId: found.phoneId }) };
  } catch {
    return undefined;
  }
}
