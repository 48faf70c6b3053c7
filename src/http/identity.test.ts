import { describe, expect, it } from 'vitest';
import type { Identity } from '#contract/endpoint.ts';
import { identityOf } from './identity.ts';
import type { IdentityPorts } from './identity.ts';

const anna = (kind: Identity['kind']): Identity => ({ kind, id: 'person_anna', personId: 'person_anna', role: 'user' });

const ports: IdentityPorts = {
  byToken: (token) => (token === 'good' ? anna('token') : undefined),
  bySession: (secret, isActivity) => (secret === 'secret' ? { identity: anna('session'), isExtended: isActivity } : undefined),
  wrongTokens: { assertOpen: () => {}, failed: () => {} },
};

const ask = (headers: Record<string, string>, isActivity = true) =>
  identityOf({ headers, address: '192.0.2.7', isActivity }, ports);

describe('who makes a request', () => {
  it('is the person of a session, whose cookie is kept for longer by activity alone', () => {
    const cookie = 'theme=dark; gosip_session=secret';
    expect(ask({ cookie })).toEqual({ identity: anna('session'), extends: 'secret' });
    expect(ask({ cookie }, false)).toEqual({ identity: anna('session') });
    expect(ask({ cookie: 'gosip_session=other' })).toBeUndefined();
    expect(ask({ cookie: 'xgosip_session=secret' })).toBeUndefined();
  });

  it('is whose token it is rather than whoever signed in with this browser', () => {
    expect(ask({ cookie: 'gosip_session=secret', authorization: 'Bearer good' })?.identity.kind).toBe('token');
  });

  it('is nobody with a wrong token, whatever else the request carries', () => {
    const headers = { authorization: 'Bearer bad', cookie: 'gosip_session=secret' };
    expect(() => ask(headers)).toThrow('This API token is not valid');
  });

  it('is not whom a header names that Home Assistant alone may write, which comes by another listener', () => {
    expect(ask({ 'x-remote-user-id': 'a1b2c3d4e5f60718293a4b5c6d7e8f90' })).toBeUndefined();
  });
});
