import { describe, expect, it } from 'vitest';
import type { Identity } from '#contract/endpoint.ts';
import { identityOf } from './identity.ts';
import type { IdentityPorts, IngressUser } from './identity.ts';

function person(name: 'anna' | 'ben', kind: Identity['kind']): Identity {
  const id = `person_${name}` as const;
  return { kind, id, personId: id, role: 'user' };
}

const homeAssistant = '172.30.32.2';
const named: IngressUser[] = [];
const ports: IdentityPorts = {
  byToken: (token) => (token === 'good' ? person('anna', 'token') : undefined),
  bySession: (secret, isActivity) =>
    secret === 'secret' ? { identity: person('anna', 'session'), isExtended: isActivity } : undefined,
  byIngress: (user) => {
    named.push(user);
    return user.peer === homeAssistant && user.userId === 'ben1' ? person('ben', 'ingress') : undefined;
  },
  wrongTokens: { assertOpen: () => {}, failed: () => {} },
};

const ask = (headers: Record<string, string>, peer = '192.0.2.7', isActivity = true) =>
  identityOf({ headers, peer, address: peer, isActivity }, ports);

describe('who makes a request', () => {
  it('is the person of a session, whose cookie is kept for longer by activity alone', () => {
    const cookie = 'theme=dark; gosip_session=secret';
    expect(ask({ cookie })).toEqual({ identity: person('anna', 'session'), extends: 'secret' });
    expect(ask({ cookie }, '192.0.2.7', false)).toEqual({ identity: person('anna', 'session') });
    expect(ask({ cookie: 'gosip_session=other' })).toBeUndefined();
    expect(ask({ cookie: 'xgosip_session=secret' })).toBeUndefined();
  });

  it('is the person whom Home Assistant names, where it is Home Assistant that says so', () => {
    const headers = { 'x-remote-user-id': 'ben1', 'x-remote-user-display-name': 'Ben' };
    expect(ask(headers, homeAssistant)).toEqual({ identity: person('ben', 'ingress') });
    expect(named.at(-1)).toEqual({ peer: homeAssistant, userId: 'ben1', name: 'Ben' });
    expect(ask(headers, '192.0.2.7')).toBeUndefined();
    expect(ask({ 'x-remote-user-id': 'stranger' }, homeAssistant)).toBeUndefined();
  });

  it('is whom the ingress names rather than whoever used this browser before, and the token before all', () => {
    const both = { 'x-remote-user-id': 'ben1', cookie: 'gosip_session=secret' };
    expect(ask(both, homeAssistant)?.identity.personId).toBe('person_ben');
    expect(ask({ ...both, authorization: 'Bearer good' }, homeAssistant)?.identity.kind).toBe('token');
  });

  it('is nobody with a wrong token, whatever else the request carries', () => {
    const headers = { authorization: 'Bearer bad', cookie: 'gosip_session=secret', 'x-remote-user-id': 'ben1' };
    expect(() => ask(headers, homeAssistant)).toThrow('This API token is not valid');
  });
});
