// The words of trunks, for the contract and for the panel, which may use no schema.

export const trunkDirections = ['both', 'incoming', 'outgoing'] as const;
export const trunkTransports = ['udp', 'tcp', 'tls'] as const;

/** `plus`: +49301234567. `digits`: 49301234567. `double-zero`: 0049301234567. `national`: as it is dialled in the country of the house. */
export const numberForms = ['plus', 'digits', 'double-zero', 'national'] as const;

/** Of RFC 3261, RFC 3325 (asserted, preferred) and draft-ietf-sip-privacy (remote-party). In all but `from`, From names the account. */
export const callerPlaces = ['from', 'asserted', 'preferred', 'remote-party', 'account'] as const;

export const trunkStates = [
  'off',
  'ready',
  'registering',
  'registered',
  'wrong-password',
  'refused',
  'name-not-found',
  'certificate',
  'unreachable',
  'locked',
] as const;
export type TrunkStateKind = (typeof trunkStates)[number];

export const trunkCheckSteps = ['resolve', 'connect', 'answer', 'register'] as const;
export const trunkCheckOutcomes = [
  'ok',
  'skipped',
  'name-not-found',
  'connection-refused',
  'certificate',
  'no-answer',
  'wrong-password',
  'refused',
] as const;

export const testCallSteps = ['sent', 'ringing', 'answered', 'spoken', 'ended', 'failed'] as const;

/** What to watch for at a provider; the panel has a sentence for each. */
export const trunkHints = [
  'router-phone',
  'sip-password',
  'number-as-user',
  'own-line-only',
  'nearest-server',
  'from-contract',
  'switch-on-first',
  'sign-in-name',
] as const;

/** What is asked beside name and password. */
export const trunkQuestions = ['host', 'proxy', 'username', 'authUsername', 'numbers'] as const;
