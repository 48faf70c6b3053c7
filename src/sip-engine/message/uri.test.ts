import { describe, expect, it } from 'vitest';
import { formatUri, isNumericHost, parseUri, schemeOf } from './uri.ts';

describe('parseUri', () => {
  const good: readonly [string, object][] = [
    ['sip:alice@atlanta.com', { scheme: 'sip', user: 'alice', host: 'atlanta.com', port: undefined }],
    ['sip:alice:secretword@atlanta.com;transport=tcp', { user: 'alice', password: 'secretword' }],
    [
      'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
      { scheme: 'sips', headers: 'subject=project%20x&priority=urgent' },
    ],
    ['sip:+1-212-555-1212:1234@gateway.com;user=phone', { user: '+1-212-555-1212', password: '1234', host: 'gateway.com' }],
    ['sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com', { user: '', host: 'atlanta.com' }],
    ['sip:alice;day=tuesday@atlanta.com', { user: 'alice;day=tuesday', host: 'atlanta.com' }],
    ['sip:[2001:db8::10]:5070', { host: '[2001:db8::10]', port: 5070 }],
    ['sip:a@[::1];lr', { host: '[::1]' }],
    ['SIP:a@B', { scheme: 'sip', host: 'B' }],
    ['sip:docker_host', { host: 'docker_host' }],
    ['tel:+358-9-123-45678;phone-context=x', { scheme: 'tel', user: '+358-9-123-45678', host: '' }],
  ];
  for (const [text, parts] of good) {
    it(`reads ${text}, and writes it again`, () => {
      const uri = parseUri(text);
      expect(uri).toMatchObject(parts);
      expect(uri && formatUri(uri).toLowerCase()).toBe(text.toLowerCase());
    });
  }

  it('reads parameters by lower-case name, the first of each', () => {
    expect([...(parseUri('sip:a@b;Transport=TCP;lr;transport=udp;%6C%72;x=')?.params ?? [])]).toEqual([
      ['transport', 'TCP'],
      ['lr', null],
      ['%6c%72', null],
      ['x', ''],
    ]);
  });

  const bad = [
    ...[
      '',
      'sip:',
      'sip',
      ':a@b',
      'sip:@b',
      'sip:a@',
      'sip:a b@c',
      'sip:a@b@c',
      '<sip:a@b>',
      'sip:a@b:x',
      'sip:a@b:70000',
      'tel:',
      'tel:;x',
    ],
    ...[
      'http://x',
      'mailto:a@b',
      'urn:service:sos',
      'sip:[::1',
      'sip:[]',
      'sip:a@b:',
      'sip:a@b;=1',
      'sip:a@b\r\nX: 1',
      'sip:2001:db8::1',
    ],
  ];
  for (const text of bad) it(`refuses ${JSON.stringify(text)}`, () => expect(parseUri(text)).toBeUndefined());
});

it('knows numeric hosts from names', () => {
  for (const host of ['1.2.3.4', '255.255.255.255', '0.0.0.0']) expect(isNumericHost(host)).toBe(4);
  for (const host of ['::1', '[::1]', '[2001:db8::1]', '::ffff:1.2.3.4']) expect(isNumericHost(host)).toBe(6);
  for (const host of ['', 'a', '1.2.3', '1.2.3.4.5', '1.2.3.256', '1.2.3.', '.1.2.3', '1..2.3', '1234.1.1.1', '1.2.3.4a', '1']) {
    expect(isNumericHost(host)).toBeUndefined();
  }
});

it('reads the scheme of any URI', () => {
  expect(['sip:a', 'URN:service:sos', 'nobodyKnows:x', 'x', 'sip:', ':x', '<sip:a>'].map(schemeOf)).toEqual([
    ...['sip', 'urn', 'nobodyknows'],
    ...[undefined, undefined, undefined, undefined],
  ]);
});
