import { validateSignature } from './sdk-loader.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import type { SharedKey } from '#twilio/api/settings.ts';
import type { WebhookForm } from './webhook-form.ts';

export type SignedRequest = {
  /** Of X-Twilio-Signature; undefined where it is missing. */
  readonly signature: string | undefined;
  readonly scheme: SignatureScheme;
  /** Path and query exactly as they came. */
  readonly target: string;
  readonly form: WebhookForm;
};

export type TrustedKeys = {
  /** As configured at Twilio, without a trailing slash; never rebuilt from the request's headers. */
  readonly publicUrl: string;
  /** The account's auth token, and the previous one while it is rotated. */
  readonly tokens: readonly string[];
  readonly sharedKeys: readonly SharedKey[];
};

/**
 * Whether the request carries Twilio's signature for this house. The SDK tries the URL with and without its port, because voice drops it
 * and messaging keeps it.
 */
export function isSignatureValid(
  { signature, scheme, target, form }: SignedRequest,
  { publicUrl, ...keys }: TrustedKeys,
): boolean {
  if (signature === undefined || signature === '') return false;
  const params = form.forSignature();
  const urls = publicUrls(publicUrl, target);
  return candidateKeys(scheme, keys).some((key) => urls.some((url) => isValid(key, signature, { url, params })));
}

type Key = { readonly secret: string; readonly algorithm: 'HMAC_SHA1' | 'HMAC_SHA256' };

/** The keys that this scheme may have signed with. */
function candidateKeys(scheme: SignatureScheme, { tokens, sharedKeys }: Omit<TrustedKeys, 'publicUrl'>): readonly Key[] {
  if (scheme.kind === 'unknown') return [];
  if (scheme.kind === 'token') return tokens.map((secret) => ({ secret, algorithm: 'HMAC_SHA1' }));
  const { id, algorithm } = scheme;
  return sharedKeys.filter((one) => one.id === id).map(({ secret }) => ({ secret, algorithm }));
}

/** A proxy may or may not strip the path of the public URL from the requests that it forwards. */
export function publicUrls(publicUrl: string, target: string): readonly string[] {
  const prefix = pathPrefixOf(publicUrl);
  const stripped = `${publicUrl}${target}`;
  if (prefix === '' || !target.startsWith(`${prefix}/`)) return [stripped];
  return [publicUrl.slice(0, publicUrl.length - prefix.length) + target];
}

/** Such as `/gosip`; empty where the public URL is a host alone, or none. */
export function pathPrefixOf(publicUrl: string | undefined): string {
  const match = /^https?:\/\/[^/?#]+(\/[^?#]*)?/i.exec(publicUrl ?? '');
  return (match?.[1] ?? '').replace(/\/+$/, '');
}

type Addressed = { readonly url: string; readonly params: Record<string, string | string[]> };

function isValid({ secret, algorithm }: Key, signature: string, { url, params }: Addressed): boolean {
  try {
    return validateSignature(secret, signature, url, params, algorithm);
  } catch {
    return false;
  }
}
