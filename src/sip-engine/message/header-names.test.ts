import { describe, expect, it } from 'vitest';
import { applicationHeaderName, headerName, wireName } from './header-names.ts';

const compact: readonly [string, string][] = [
  ['i', 'Call-ID'],
  ['m', 'Contact'],
  ['e', 'Content-Encoding'],
  ['l', 'Content-Length'],
  ['c', 'Content-Type'],
  ['f', 'From'],
  ['s', 'Subject'],
  ['k', 'Supported'],
  ['t', 'To'],
  ['v', 'Via'],
  ['o', 'Event'],
  ['r', 'Refer-To'],
  ['b', 'Referred-By'],
  ['u', 'Allow-Events'],
  ['x', 'Session-Expires'],
  ['d', 'Request-Disposition'],
  ['j', 'Reject-Contact'],
  ['y', 'Identity'],
  ['a', 'Accept-Contact'],
  ['n', 'Identity-Info'],
];

describe('header names', () => {
  for (const [short, name] of compact) {
    it(`${short} is ${name}`, () => {
      expect(headerName(short)).toEqual({ key: name.toLowerCase(), name });
      expect(headerName(short.toUpperCase())).toEqual({ key: name.toLowerCase(), name });
    });
  }

  const canonical = [
    ...['Call-ID', 'CSeq', 'WWW-Authenticate', 'RAck', 'RSeq', 'SIP-ETag', 'SIP-If-Match', 'MIME-Version', 'Content-Type'],
    ...['P-Asserted-Identity', 'Min-SE', 'User-to-User', 'Via', 'Session-Expires'],
  ];
  for (const name of canonical) {
    it(`${name} however it is spelled`, () => {
      const mixed = `${name.slice(0, 2).toLowerCase()}${name.slice(2).toUpperCase()}`;
      for (const spelling of [name, name.toLowerCase(), name.toUpperCase(), mixed]) {
        expect(headerName(spelling)).toEqual({ key: name.toLowerCase(), name });
        expect(applicationHeaderName(spelling)).toEqual({ key: name.toLowerCase(), name });
      }
      expect(wireName(name.toLowerCase())).toBe(name);
    });
  }

  it('keeps an unknown name from the network as it came', () => {
    expect(headerName('my-CUSTOM')).toEqual({ key: 'my-custom', name: 'my-CUSTOM' });
  });

  it('capitalises an unknown name of the application, but for X- and what is to be preserved', () => {
    expect(applicationHeaderName('my-custom').name).toBe('My-Custom');
    expect(applicationHeaderName('my--custom-').name).toBe('My--Custom-');
    expect(applicationHeaderName('x-my-custom').name).toBe('x-my-custom');
    expect(applicationHeaderName('X-My-custom').name).toBe('X-My-custom');
    expect(applicationHeaderName('my-CUSTOM', new Set(['my-CUSTOM']))).toEqual({ key: 'my-custom', name: 'my-CUSTOM' });
    expect([wireName('my-custom'), wireName('x-mine')]).toEqual(['My-Custom', 'x-mine']);
  });
});
