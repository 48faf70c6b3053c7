import { createHash, createHmac } from 'node:crypto';

export type FormFields = readonly (readonly [name: string, value: string])[];

/**
 * The X-Twilio-Signature of a request: base64 HMAC (SHA-1 with the account's token, SHA-256 with a shared key) over the address as requested and every form field sorted by name.
 * `url` has neither fragment nor user part; `fields` is empty for GET and for bodies that are no form.
 */
export function sign(key: string, url: string, fields: FormFields = [], hash: 'sha1' | 'sha256' = 'sha1'): string {
  const hmac = createHmac(hash, key);
  hmac.update(url, 'utf8');
  for (const [name, value] of sortedOnce(fields)) hmac.update(name + value, 'utf8');
  return hmac.digest('base64');
}

/** The lower-case hex hash that stands as `bodySHA256` in the address of a request with another kind of body. */
export function bodyHash(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

export type PortRule = 'drop' | 'keep';

/** The address as it is signed: no fragment, no user part; voice drops the port of https addresses, messaging keeps it. */
export function signedUrl(url: string, ports: PortRule): string {
  const found = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#]*)([^#]*)/i.exec(url);
  if (found === null) return url;
  const [, scheme = '', authority = '', rest = ''] = found;
  const host = ports === 'drop' && scheme.toLowerCase() === 'https' ? authority.replace(/:\d+$/, '') : authority;
  return `${scheme}://${host}${rest}`;
}

function sortedOnce(fields: FormFields): FormFields {
  const sorted = fields.toSorted((one, other) => compareBytes(one[0], other[0]) || compareBytes(one[1], other[1]));
  return sorted.filter(([name, value], index) => sorted[index - 1]?.[0] !== name || sorted[index - 1]?.[1] !== value);
}

function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one, 'utf8'), Buffer.from(other, 'utf8'));
}
