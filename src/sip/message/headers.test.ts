import { describe, expect, it } from 'vitest';
import {
  escapeUser,
  formatNameAddr,
  parseHeaderInteger,
  parseNameAddr,
  parseReplaces,
  parseUri,
  splitList,
  tagOf,
  tokens,
  uriHeader,
  userOf,
} from './headers.ts';

describe('parseNameAddr', () => {
  it.each([
    ['<sip:20@house>;tag=a', { name: '', uri: 'sip:20@house', params: [['tag', 'a']] }],
    [
      '"Eva, \\"E\\" <x>" <sip:20@house;user=phone>;TAG=a;lr',
      {
        name: 'Eva, "E" <x>',
        uri: 'sip:20@house;user=phone',
        params: [
          ['tag', 'a'],
          ['lr', null],
        ],
      },
    ],
    ['Eva Lang <sip:20@house>', { name: 'Eva Lang', uri: 'sip:20@house', params: [] }],
    ['sip:20@house;tag=a', { name: '', uri: 'sip:20@house', params: [['tag', 'a']] }],
    [
      '<sip:a@b>;+sip.instance="<urn:uuid:1;2,3>";q=0.5',
      {
        name: '',
        uri: 'sip:a@b',
        params: [
          ['+sip.instance', '<urn:uuid:1;2,3>'],
          ['q', '0.5'],
        ],
      },
    ],
  ])('reads %s', (text, expected) => {
    const read = parseNameAddr(text);
    expect({ ...read, params: [...(read?.params ?? [])] }).toEqual(expected);
  });

  it.each(['', '<>', '<sip:a@b', '"open'])('reads nothing of %j or goes on without harm', (text) => {
    expect(() => parseNameAddr(text)).not.toThrow();
  });
});

describe('parseUri', () => {
  it.each([
    ['sip:20@192.0.2.1:5070;transport=tcp', { user: '20', host: '192.0.2.1', port: 5070 }],
    ['sips:[2001:DB8::1]:5061', { user: '', host: '[2001:db8::1]', port: 5061 }],
    ['sip:%2a97@h', { user: '*97', host: 'h', port: undefined }],
    ['sip:+14165550100;phone-context=x:pw@h', { user: '+14165550100', host: 'h' }],
    ['sip:a@b@h', { user: 'a@b', host: 'h' }],
    ['SIP:House', { user: '', host: 'house' }],
    ['tel:+14165550100;x=y', { user: '+14165550100', host: '' }],
    ['tel:22112345;phone-context=+49;x=y', { user: '22112345', number: '22112345;phone-context=+49', host: '' }],
    ['sip:22112345;npdi;phone-context=%2B49@h;user=phone', { user: '22112345', number: '22112345;phone-context=+49', host: 'h' }],
    ['tel:7042;phone-context=example.com', { user: '7042', number: '7042' }],
    ['sip:%E2%80%AA22%E2%80%AC@h', { user: '\u202a22\u202c', number: '\u202a22\u202c' }],
  ])('reads %s', (text, expected) => {
    expect(parseUri(text)).toMatchObject(expected);
  });

  it.each(['', 'http://x', 'sip:', 'sip:a@', 'sip:a@h:port', 'tel:', '20'])('refuses %j', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });

  it('finds headers of the URI', () => {
    const uri = parseUri('sip:22@h?Subject=x&Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2')!;
    expect(uriHeader(uri, 'replaces')).toBe('a@b;to-tag=1;from-tag=2');
    expect(uriHeader(uri, 'route')).toBeUndefined();
  });
});

describe('smaller ones', () => {
  it('read Replaces', () => {
    expect(parseReplaces('a@b;from-tag=2;to-tag=1;early-only')).toEqual({
      callId: 'a@b',
      toTag: '1',
      fromTag: '2',
      isEarlyOnly: true,
    });
    expect(parseReplaces('a@b;to-tag=1')).toBeUndefined();
    expect(parseReplaces(';to-tag=1;from-tag=2')).toBeUndefined();
  });

  it('split lists, find tags, users, numbers and tokens', () => {
    expect(splitList('<sip:a@b;x="1,2">, "c, d" <sip:e@f>,,')).toEqual(['<sip:a@b;x="1,2">', '"c, d" <sip:e@f>']);
    expect(tagOf(undefined)).toBeUndefined();
    expect(userOf('"x" <sip:20@h>;tag=1')).toBe('20');
    expect(userOf('garbage')).toBe('');
    expect([
      parseHeaderInteger('60'),
      parseHeaderInteger(' 60;x'),
      parseHeaderInteger('x'),
      parseHeaderInteger(undefined),
    ]).toEqual([60, 60, undefined, undefined]);
    expect(tokens('Timer, 100rel ,')).toEqual(['timer', '100rel']);
  });

  it('write what cannot break a header', () => {
    expect(formatNameAddr('Eva "x"\r\nX-Evil: 1\\', 'sip:20@h')).toBe('"Eva \\"x\\"  X-Evil: 1\\\\" <sip:20@h>');
    expect(formatNameAddr('', 'sip:20@h')).toBe('<sip:20@h>');
    expect(escapeUser('+1 #<é>')).toBe('+1%20%23%3C%C3%A9%3E');
  });
});

describe('headers of a hostile peer', () => {
  it('are read in linear time', () => {
    const open = '"'.repeat(20_001);
    const angles = '<'.repeat(20_000);
    const began = process.cpuUsage().user;
    for (const text of [open, angles, ';'.repeat(20_000), ' ,'.repeat(10_000), '\\"'.repeat(10_000), 'sip:'.repeat(5000)]) {
      splitList(text);
      parseNameAddr(text);
      parseUri(`sip:${text}`);
      parseReplaces(text);
    }
    expect((process.cpuUsage().user - began) / 1000).toBeLessThan(5000);
  });
});
