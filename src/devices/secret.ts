import { randomBytes } from 'node:crypto';

/** Crockford's base 32 in lower case: no i, l, o or u, so that no character is mistaken for 0 or 1 when it is typed into a phone. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const length = 26;

/** A new device password of 130 random bits. */
export function newSecret(): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}
