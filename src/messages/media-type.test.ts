import { expect, it } from 'vitest';
import { messageUpload } from '#contract/messages.ts';
import { extensionOf, isInline, sniff } from './media-type.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

it.each([
  ['\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg', true],
  ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image/png', true],
  ['GIF89a', 'image/gif', true],
  ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp', true],
  ['RIFF\0\0\0\0WAVEfmt ', 'audio/wav', true],
  ['RIFF\0\0\0\0AVI LIST', 'application/octet-stream', false],
  ['ID3\x04', 'audio/mpeg', true],
  ['\xff\xfb\x90\x44', 'audio/mpeg', true],
  ['OggS\0', 'audio/ogg', true],
  ['#!AMR\n', 'audio/amr', true],
  ['\0\0\0\x1cftyp3gp5', 'video/3gpp', true],
  ['\0\0\0\x1cftypisom', 'video/mp4', true],
  ['\0\0\0\x1cftypqt  ', 'video/quicktime', true],
  ['\0\0\0\x1cftypM4A ', 'audio/mp4', true],
  ['\0\0\0\x1cftypheic', 'image/heic', false],
  ['\x1aE\xdf\xa3', 'video/webm', true],
  ['%PDF-1.7', 'application/pdf', false],
  ['BEGIN:VCARD\r\nVERSION:3.0', 'text/vcard', false],
  ['\xef\xbb\xbfbegin:vcalendar\n', 'text/calendar', false],
  ['<svg xmlns="http://www.w3.org/2000/svg">', 'application/octet-stream', false],
  ['<!doctype html>', 'application/octet-stream', false],
  ['  GIF89a', 'application/octet-stream', false],
  ['MZ\x90', 'application/octet-stream', false],
  ['', 'application/octet-stream', false],
])('takes %j for %s, shown in place: %s', (head, type, inline) => {
  expect([sniff(bytes(head)), isInline(type)]).toEqual([type, inline]);
  expect(messageUpload.types).toContain(type);
});

it('gives every type a name to be saved by', () => {
  expect(extensionOf('image/jpeg')).toBe('jpg');
  expect(extensionOf('application/octet-stream')).toBe('bin');
});
