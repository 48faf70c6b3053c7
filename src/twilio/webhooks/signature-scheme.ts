/** How a request says it was signed. */
export type SignatureScheme =
  /** The account's token, by HMAC-SHA1: what Twilio does unless a rule says otherwise. */
  | { readonly kind: 'token' }
  | { readonly kind: 'shared-key'; readonly id: string; readonly algorithm: 'HMAC_SHA1' | 'HMAC_SHA256' }
  /** No key, or an algorithm that is not supported. */
  | { readonly kind: 'unknown' };

/**
 * Reads X-Twilio-Webhooks-Signature-Settings, such as `key=webhooks_sharedkey_1,algorithm=HMAC_SHA256`. Key and algorithm come from it
 * together: an algorithm alone would let an unauthenticated sender choose how our token is used.
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

/** Why signatures of this scheme do not match, and what to do; `isKnown`: whether the house has the named key. */
export function adviceFor(scheme: SignatureScheme, isKnown: boolean): string {
  if (scheme.kind === 'token') {
    return 'the public URL or the auth token set here is not the one Twilio uses, or a proxy changes requests';
  }
  if (scheme.kind === 'unknown') {
    return (
      'a rule of the account signs them in a way that this version of GoSIP does not support (header ' +
      'X-Twilio-Webhooks-Signature-Settings); remove the rule from these webhooks in the Twilio Console'
    );
  }
  const { id, algorithm } = scheme;
  if (!isKnown) {
    return (
      `a rule of the account signs them with the shared key ${id} (${algorithm}), which the house does not have: enter it with its ` +
      `secret as webhookSharedKeys of ${where}, or remove the rule from these webhooks in the Twilio Console`
    );
  }
  return (
    `they are signed with the shared key ${id} (${algorithm}), and its secret set here as webhookSharedKeys of ${where} or the public ` +
    'URL is not the one Twilio uses, or a proxy changes requests'
  );
}
