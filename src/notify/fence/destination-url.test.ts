import { describe, expect, it } from 'vitest';
import { belowServer, destinationUrlProblem, serverUrlProblem } from './destination-url.ts';

describe('where a webhook may go', () => {
  it.each(['https://example.org/hook', 'https://example.org:8443/a?b=c', 'https://8.8.8.8/', 'https://[2606:4700::1]/'])(
    'is anywhere outside by TLS: %s',
    (url) => {
      expect(destinationUrlProblem(url, false)).toBeUndefined();
      expect(destinationUrlProblem(url, true)).toBeUndefined();
    },
  );

  it.each([
    'https://10.0.0.4/',
    'http://192.168.1.2:8123/api/webhook/x',
    'http://homeassistant.local:8123/',
    'http://homeassistant:8123/',
    'http://localhost/',
    'http://127.1/',
    'http://0x7f.0.0.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://nas.home.arpa./',
  ])('is in the own network only where somebody chose so: %s', (url) => {
    expect(destinationUrlProblem(url, false)).toBe('is in your own network: set allowsPrivate to send there');
    expect(destinationUrlProblem(url, true)).toBeUndefined();
  });

  it.each([
    ['http://example.org/', /own network anybody could read it/],
    ['http://8.8.8.8/', /own network anybody could read it/],
    ['ftp://example.org/', /https/],
    ['file:///etc/passwd', /https/],
    ['javascript:alert(1)', /https/],
    ['example.org/hook', /such as https/],
    ['', /such as https/],
    ['https://me:word@example.org/', /name and password/],
    ['https://example.org/#part', /#/],
    ['https://224.0.0.1/', /no address that/],
    ['https://255.255.255.255/', /no address that/],
    ['https://[64:ff9b::a00:1]/', /no address that/],
    ['https://[2002:a00:1::]/', /no address that/],
    ['https://[ff02::1]/', /no address that/],
    ['http://[fe80::1]/', /no address that/],
    ['http://0/', /no address that/],
    ['https://169.254.169.254/latest/meta-data', /no address that/],
    ['http://2852039166/', /no address that/],
    ['http://[::ffff:169.254.169.254]/', /no address that/],
    ['http://172.30.32.2/', /no address that/],
  ])('is never %s', (url, why) => {
    for (const allowsPrivate of [false, true]) expect(destinationUrlProblem(url, allowsPrivate)).toMatch(why);
  });
});

describe('the server of a channel', () => {
  it.each([
    ['https://push.example.org', 'message', 'https://push.example.org/message'],
    ['https://example.org/gotify/', 'message', 'https://example.org/gotify/message'],
    ['https://example.org/a/b', 'version', 'https://example.org/a/b/version'],
    ['http://ntfy.lan:8080//', '', 'http://ntfy.lan:8080/'],
  ])('%s is asked below its prefix', (server, path, expected) => {
    expect(serverUrlProblem(server, true)).toBeUndefined();
    expect(belowServer(server, path)).toBe(expected);
  });

  it('says what is wrong with its address', () => {
    expect(serverUrlProblem('https://example.org/?token=x', true)).toBe('must hold no ?');
    expect(serverUrlProblem('https://example.org/?', true)).toBe('must hold no ?');
    expect(serverUrlProblem('http://gotify.lan/', false)).toBe('is in your own network: set allowsOwnNetwork to send there');
  });
});
