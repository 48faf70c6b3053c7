import type { ClientFacts } from './client-facts.ts';

const cookieName = 'gosip_session';
const maxAgeSeconds = 24 * 3600;

/** The secret of the session in a Cookie header (RFC 6265 section 4.2.1); undefined where there is none. */
export function sessionSecretOf(cookieHeader: string | undefined): string | undefined {
  for (const pair of (cookieHeader ?? '').split(';')) {
    const [name, value = ''] = pair.trim().split('=', 2);
    if (name === cookieName && value !== '') return value;
  }
  return undefined;
}

/** The Set-Cookie header that gives the browser a session; null takes it away. It goes to our API alone, and to no script. */
export function sessionCookie(secret: string | null, { isSecure, prefix }: Pick<ClientFacts, 'isSecure' | 'prefix'>): string {
  const maxAge = secret === null ? 0 : maxAgeSeconds;
  const parts = [`${cookieName}=${secret ?? ''}`, `Path=${prefix}/api`, `Max-Age=${maxAge}`, 'HttpOnly', 'SameSite=Strict'];
  return [...parts, ...(isSecure ? ['Secure'] : [])].join('; ');
}
