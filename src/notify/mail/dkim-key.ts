import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** RFC 8301 section 3.2: what is shorter is not to be believed by anybody. */
const minBits = 1024;

/** Why a text is no key that mails can be signed with: the library sends them unsigned then, and says nothing. */
export function dkimKeyProblem(pem: string): string | undefined {
  const key = privateKey(pem);
  if (key === undefined) return 'must be a private key in PEM without a passphrase: -----BEGIN PRIVATE KEY----- …';
  if (key.asymmetricKeyType !== 'rsa') return 'must be an RSA key: many servers know no other';
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < minBits ? `must have at least ${minBits} bits, it has ${bits}` : undefined;
}

/** As `p=` of the DNS has it (RFC 6376 section 3.6.1); undefined where it is no key. */
export function dkimPublicKey(pem: string): string | undefined {
  const key = privateKey(pem);
  return key === undefined ? undefined : createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
