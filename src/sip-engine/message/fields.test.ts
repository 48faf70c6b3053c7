import { describe, expect, it } from 'vitest';
import {
  formatNameAddr,
  formatVia,
  parseCSeq,
  parseNameAddr,
  parseParams,
  parseRAck,
  parseVia,
  splitList,
  tagOf,
  unquote,
  withTag,
  withoutTag,
} from './fields.ts';

describe('parseNameAddr', () => {
  const good: readonly { text: string; name?: string; uri: string; params?: Record<string, string | null> }[] = [
    { text: 'sip:a@b', uri: 'sip:a@b' },
    { text: '<sip:a@b>', uri: 'sip:a@b' },
    {
      text: ' "A B" <sip:a@b;transport=tcp>;tag=1 ; x',
      name: 'A B',
      uri: 'sip:a@b;transport=tcp',
      params: { tag: '1', x: null },
    },
    { text: 'sip:a@b;tag=1', uri: 'sip:a@b', params: { tag: '1' } },
    { text: 'Joe Bloggs<sip:a@b>;TAG = 1', name: 'Joe Bloggs', uri: 'sip:a@b', params: { tag: '1' } },
    { text: '"a \\"q\\" \\\\ <x>" <sip:a@b>', name: 'a "q" \\ <x>', uri: 'sip:a@b' },
    { text: 'Bell, Alexander <sip:a@b>', name: 'Bell, Alexander', uri: 'sip:a@b' },
    { text: '< sip:a@b >', uri: 'sip:a@b' },
    { text: '<sip:a@b?X=%20>', uri: 'sip:a@b?X=%20' },
    { text: '<sip:a@b>;;;tag=1;;', uri: 'sip:a@b', params: { tag: '1' } },
    { text: '<sip:a@b>;tag=1;tag=2', uri: 'sip:a@b', params: { tag: '1' } },
    { text: '<sip:a@b>;+sip.instance="<urn:uuid:1;2>"', uri: 'sip:a@b', params: { '+sip.instance': '"<urn:uuid:1;2>"' } },
    { text: 'Nicol\xc3\xa0 <sip:a@b>', name: 'Nicol\xc3\xa0', uri: 'sip:a@b' },
  ];
  for (const { text, name = '', uri, params = {} } of good) {
    it(`reads ${text}`, () => {
      const address = parseNameAddr(text);
      expect(address).toMatchObject({ displayName: name, uri });
      expect(Object.fromEntries(address?.params ?? [])).toEqual(params);
      expect(parseNameAddr(formatNameAddr(address ?? { displayName: '', uri: '', params: new Map() }))).toEqual(address);
    });
  }

  const bad = [
    ...['', '*', 'None', 'a', '<a>', '<sip:>', 'sip:', '"A <sip:a@b>', '"A" sip:a@b', '<sip:a@b', '<sip:a b>', '<sip:a@b> x'],
    ...[
      '<sip:a@b>, <sip:c@d>',
      'sip:a@b?x=y',
      'sip:a@b,sip:c@d',
      '<sip:a@b>;x y=1',
      '<sip:a@b>;x="1',
      '<sip:a@b>;=1',
      '<<sip:a@b>>',
    ],
    ...['A "b" <sip:a@b>', 'p:a@b>;q=0.5'],
  ];
  for (const text of bad) it(`refuses ${text || 'nothing'}`, () => expect(parseNameAddr(text)).toBeUndefined());
});

describe('parseVia', () => {
  it('reads blanks, ports, IPv6 and unknown transports', () => {
    expect(parseVia('SIP/2.0/UDP h:5060;branch=z')).toMatchObject({ transport: 'UDP', host: 'h', port: 5060 });
    expect(parseVia('sip / 2.0 / tcp   h : 5060 ; rport')).toMatchObject({ transport: 'TCP', host: 'h', port: 5060 });
    expect(parseVia('SIP/2.0/SCTP h')).toMatchObject({ transport: 'SCTP', port: undefined });
    const six = parseVia('SIP/2.0/TLS [2001:db8::1]:5061;branch=z;received=[2001:db8::9]');
    expect(six).toMatchObject({ host: '[2001:db8::1]', port: 5061 });
    expect(six?.params.get('received')).toBe('[2001:db8::9]');
    expect(six && formatVia(six)).toBe('SIP/2.0/TLS [2001:db8::1]:5061;branch=z;received=[2001:db8::9]');
  });

  const bad = [
    ...['', 'SIP/2.0', 'SIP/2.0/UDP', 'SIP/2.0/UDP ;branch=z', 'HTTP/1.1/TCP h', 'SIP/2.0/UDP h:99999', 'SIP/2.0/UDP h:x'],
    ...['SIP/2.0/UDP h i', 'SIP/2.0/UDP [::1', 'SIP/2.0/UDP 2001:db8::1', 'SIP/2.0/UDP h;b="', ';'],
  ];
  for (const text of bad) it(`refuses ${text || 'nothing'}`, () => expect(parseVia(text)).toBeUndefined());
});

describe('numbers', () => {
  it('reads CSeq and RAck', () => {
    expect(parseCSeq('0009  INVITE')).toEqual({ number: 9, method: 'INVITE' });
    expect(parseRAck(' 776656 1\tINVITE ')).toEqual({ rseq: 776_656, cseq: 1, method: 'INVITE' });
    for (const bad of ['', '1', 'INVITE', '1 IN VITE', '-1 INVITE', '1.0 INVITE', '4294967296 INVITE', '1 IN"VITE', 'x INVITE']) {
      expect(parseCSeq(bad)).toBeUndefined();
    }
    for (const bad of ['', '1 2', '1 2 INVITE x', 'a 2 INVITE']) expect(parseRAck(bad)).toBeUndefined();
  });
});

describe('lists, parameters, tags', () => {
  it('splits at commas outside quotes and brackets', () => {
    expect(splitList('a')).toEqual(['a']);
    expect(splitList(' a ,, b,')).toEqual(['a', 'b']);
    expect(splitList('"x,\\",y" <sip:a,b@c>;p="1,2", <sip:d@e>')).toEqual(['"x,\\",y" <sip:a,b@c>;p="1,2"', '<sip:d@e>']);
    expect(splitList('"never closed, a, b')).toEqual(['"never closed', 'a', 'b']);
    expect(splitList('')).toEqual([]);
  });

  it('reads parameters', () => {
    expect([...(parseParams(';a=1;B ; c = "x;y"') ?? [])]).toEqual([
      ['a', '1'],
      ['b', null],
      ['c', '"x;y"'],
    ]);
    expect(parseParams('a=1')).toBeUndefined();
    expect(unquote('"a \\"b\\""')).toBe('a "b"');
  });

  it('sets and takes away a tag without touching the rest', () => {
    expect(tagOf('"x;tag=no" <sip:a@b;tag=no>;tag=yes')).toBe('yes');
    expect(withTag('<sip:a@b>', 'new one')).toBe('<sip:a@b>;tag=new-one');
    expect(withTag('"x;tag=no" <sip:a@b;tag=no>;a=1;tag=old;b', 'new')).toBe('"x;tag=no" <sip:a@b;tag=no>;a=1;b;tag=new');
    expect(withoutTag('sip:a@b;tag=1')).toBe('sip:a@b');
    expect(withTag('<sip:a@b>', 'a\r\nX: 1')).toBe('<sip:a@b>;tag=a--X--1');
  });

  it('is linear in what would make it slow', () => {
    const nasty = [
      '"\\'.repeat(60_000),
      '"'.repeat(100_001),
      '<'.repeat(100_000),
      ',;"'.repeat(40_000),
      '\\"'.repeat(60_000),
      ';'.repeat(100_000),
    ];
    for (const text of nasty) {
      for (const read of [splitList, parseNameAddr, parseVia, withoutTag, (value: string) => parseParams(value)]) read(text);
    }
  });
});
