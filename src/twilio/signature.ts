import { signatureFits } from './sdk-parts.ts';
import type { WebhookForm } from './webhook-form.ts';

export type Signed = {
  /** Of X-Twilio-Signature; undefined where it is missing. */
  readonly signature: string | undefined;
  /** Path and query exactly as they came. */
  readonly target: string;
  readonly form: WebhookForm;
};

export type Trust = {
  /** As Twilio was told it, without a slash at the end; never rebuilt from the request's headers. */
  readonly publicUrl: string;
  /** The account's token, and the one before it while tokens are changed. */
  readonly tokens: readonly string[];
};

/**
 * Whether Twilio signed this request for this house. The SDK tries the address with and without its port, since voice drops it and
 * messaging keeps it.
 */
export function isSigned({ signature, target, form }: Signed, { publicUrl, tokens }: Trust): boolean {
  if (signature === undefined || signature === '' || tokens.length === 0) return false;
  const params = form.forSignature();
  return publicUrls(publicUrl, target).some((url) => tokens.some((token) => isValid(token, signature, { url, params })));
}

/** A proxy may or may not take the path of the public URL away before it passes a request on. */
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

function isValid(token: string, signature: string, { url, params }: Addressed): boolean {
  try {
    return signatureFits(token, signature, url, params);
  } catch {
    return false;
  }
}
