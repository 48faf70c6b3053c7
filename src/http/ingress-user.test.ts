import { describe, expect, it } from 'vitest';
import { ingressUser } from './ingress-user.ts';

const supervisor = '172.30.32.2';
const id = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const other = 'b1b2c3d4e5f60718293a4b5c6d7e8f90';
const path = '/api/hassio_ingress/x7Kq-9_token';
const ask = (rawHeaders: readonly string[], peer = supervisor) => ingressUser({ rawHeaders, peer }, supervisor);
const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('whom Home Assistant names', () => {
  it('is the user with both names, in letters of every language', () => {
    const names = ['X-Remote-User-Name', 'anna', 'X-Remote-User-Display-Name', bytesOf('Аня Müller')];
    expect(ask(['Host', 'x', 'X-Remote-User-Id', id, ...names, 'X-Ingress-Path', path])).toEqual({
      userId: id,
      loginName: 'anna',
      displayName: 'Аня Müller',
      path,
    });
  });

  it('is a user without names too', () => {
    const user = { userId: id, loginName: undefined, displayName: undefined, path: undefined };
    expect(ask(['X-Remote-User-Id', id])).toEqual(user);
    expect(ask(['X-Remote-User-Id', id], `::ffff:${supervisor}`)).toEqual(user);
  });

  it.each([['127.0.0.1'], ['172.30.32.1'], ['172.30.33.7'], ['::ffff:172.30.32.3'], ['172.30.32.22'], ['::1'], ['']])(
    'is nobody where %s says it',
    (peer) => {
      expect(() => ask(['X-Remote-User-Id', id], peer)).toThrow('Only Home Assistant may connect here');
    },
  );

  it('is nobody where no user is named', () => {
    expect(() => ask(['X-Remote-User-Name', 'anna'])).toThrow('Home Assistant does not say who you are');
    expect(() => ask([])).toThrow('Home Assistant does not say who you are');
  });

  const spellings = ['x-remote-user-id', 'X-REMOTE-USER-ID', 'X-Remote-User-ID', 'x-Remote-User-Id', 'X-remote-user-id'];

  it.each(spellings)('is nobody where a browser put its own %s in the place of the true one', (name) => {
    expect(() => ask([name, other])).toThrow('The header X-Remote-User-Id is not as Home Assistant writes it');
    expect(() => ask(['X-Remote-User-Id', id, name, other])).toThrow('is not as Home Assistant writes it');
    expect(() => ask([name, other, 'X-Remote-User-Id', id])).toThrow('is not as Home Assistant writes it');
  });

  it.each(['X-Remote-User-Id', 'X-Remote-User-Name', 'X-Remote-User-Display-Name', 'X-Ingress-Path'])(
    'is nobody where %s is there twice, or spelled in another way',
    (name) => {
      const rest = name === 'X-Remote-User-Id' ? [] : ['X-Remote-User-Id', id];
      const value = name === 'X-Remote-User-Id' ? id : name === 'X-Ingress-Path' ? path : 'anna';
      expect(ask([...rest, name, value]).userId).toBe(id);
      for (const second of [name, name.toLowerCase(), name.toUpperCase()]) {
        expect(() => ask([...rest, name, value, second, value])).toThrow(`The header ${name} is not as`);
      }
      expect(() => ask([...rest, name.toLowerCase(), value])).toThrow(`The header ${name} is not as`);
    },
  );

  it('is nobody by an id that is none', () => {
    for (const wrong of ['', 'anna', `${id}0`, id.toUpperCase(), `${id}\n`, ` ${id}`, id.slice(1)]) {
      expect(() => ask(['X-Remote-User-Id', wrong])).toThrow('is not as Home Assistant writes it');
    }
  });

  it('is nobody with a path that could be a part of a page', () => {
    for (const wrong of ['', '/', '/api/hassio_ingress/', `${path}/`, `${path}"><script>`, `https://x${path}`, `${path}/../..`]) {
      expect(() => ask(['X-Remote-User-Id', id, 'X-Ingress-Path', wrong])).toThrow('The header X-Ingress-Path is not as');
    }
  });

  it('is not looked for in the value of another header', () => {
    expect(() => ask(['X-Note', 'X-Remote-User-Id', 'X-Other', id])).toThrow('does not say who you are');
  });
});
