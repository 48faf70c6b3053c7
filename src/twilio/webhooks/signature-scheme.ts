/** What a request says it was signed with. */
export type SignatureScheme =
  /** The account's token, by HMAC-SHA1: what Twilio does unless a rule says otherwise. */
  | { readonly kind: 'token' }
  | { readonly kind: 'shared-key'; readonly id: string; readonly algorithm: 'HMAC_SHA1' | 'HMAC_SHA256' }
  /** It names no key, or an algorithm that we do not know. */
  | { readonly kind: 'unknown' };

/**
 * Reads X-Twilio-Webhooks-Signature-Settings, such as `key=webhooks_sharedkey_1,algorithm=HMAC_SHA256`. Key and algorithm come from it
 * together: an algorithm alone would let a stranger choose how our token is used.
 */
export function readScheme(header: string | undefined): SignatureScheme {
  if (header === undefined || header.trim() === '') return { kind: 'token' };
  const given = new Map(
    header.split(',').map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
  const id = given.get('key') ?? '';
  const algorithm = given.get('algorithm');
  if (!/^[\w-]{1,100}$/.test(id) || (algorithm !== 'HMAC_SHA1' && algorithm !== 'HMAC_SHA256')) return { kind: 'unknown' };
  return { kind: 'shared-key', id, algorithm };
}

const where = 'POST /api/system/setup/twilio/provision';

/** Why signatures of this kind do not fit, and what helps; `isKnown`: whether the house has the key that is named. */
export function adviceFor(scheme: SignatureScheme, isKnown: boolean): string {
  if (scheme.kind === 'token') {
    return 'the public URL or the auth token set here is not the one Twilio uses, or a proxy changes requests';
  }
  if (scheme.kind === 'unknown') {
    return (
      'a rule of the account has them signed in a way that this version of GoSIP does not know (header ' +
      'X-Twilio-Webhooks-Signature-Settings); take the rule off these webhooks in the Twilio Console'
    );
  }
  const { id, algorithm } = scheme;
  if (!isKnown) {
    return (
      `a rule of the account has them signed with the shared key ${id} (${algorithm}), which the house does not have: enter it with its ` +
      `secret as webhookSharedKeys of ${where}, or take the rule off these webhooks in the Twilio Console`
    );
  }
  return (
    `they are signed with the shared key ${id} (${algorithm}), and its secret set here as webhookSharedKeys of ${where} or the public ` +
    'URL is not the one Twilio uses, or a proxy changes requests'
  );
}
