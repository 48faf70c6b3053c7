import { describe, expect, it } from 'vitest';
import { messageMediaTypes } from '#contract/media-types.ts';
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
  ['  GIF89a', 'text/plain', false],
  ['\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'image/avif', true],
  ['\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf', 'image/avif', true],
  ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'image/heic', false],
  ['\0\0\0\x14ftypmif1\0\0\0\0mif1avif', 'image/heif', false],
  ['\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc', 'image/heic-sequence', false],
  ['\0\0\0\x14ftypmsf1\0\0\0\0msf1', 'image/heif-sequence', false],
  ['\0\0\0\x18ftypisom\0\0\0\0isomavc1', 'video/mp4', true],
  ['\0\0\0\x14ftyp3g2a', 'video/3gpp2', true],
  ['BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 'image/bmp', true],
  ['BMW wants its car back, they say', 'text/plain', false],
  ['II*\0\x08\0\0\0', 'image/tiff', false],
  ['MM\0*\0\0\0\x08', 'image/tiff', false],
  ['\xff\xf1\x50\x80', 'audio/aac', true],
  ['\r\n\r\nBEGIN:VCARD\r\nVERSION:3.0', 'text/vcard', false],
  ['BEGIN:VCARD \r\nVERSION:3.0', 'text/vcard', false],
  ['Dinner at eight', 'text/plain', false],
  ['I <3 you', 'text/plain', false],
  ['Gr\xc3\xbc\xc3\x9fe \xf0\x9f\x8e\x84', 'text/plain', false],
  ['Gr\xc3\xbc\xc3\x9fe \xf0\x9f', 'text/plain', false],
  ['Gr\xfc\xdfe', 'application/octet-stream', false],
  ['<smil><head><layout>', 'application/smil', false],
  [
    '<?xml version="1.0"?>\n<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" "x.dtd">\n<smil xmlns="x">',
    'application/smil',
    false,
  ],
  ['<?xml version="1.0"?><svg onload="x()">', 'application/octet-stream', false],
  ['text <script>alert(1)</script>', 'application/octet-stream', false],
  ['\0\0\0\0', 'application/octet-stream', false],
  ['ftyp', 'text/plain', false],
  ['MZ\x90', 'application/octet-stream', false],
  ['', 'application/octet-stream', false],
])('takes %j for %s, shown in place: %s', (head, type, inline) => {
  expect([sniff(bytes(head)), isInline(type)]).toEqual([type, inline]);
  expect(messageMediaTypes).toContain(type);
});

it('gives every type a name to be saved by', () => {
  expect(extensionOf('image/jpeg')).toBe('jpg');
  expect(extensionOf('application/octet-stream')).toBe('bin');
});

/** Patterns of the standard that browsers sniff by (WHATWG MIME Sniffing), so that no browser takes a file for something else than we do. */
describe('as browsers sniff it', () => {
  const tags = 'HTML HEAD SCRIPT IFRAME H1 DIV FONT TABLE A STYLE TITLE B BODY BR P'.split(' ').map((tag) => `<${tag}`);
  const markup = ['<!DOCTYPE HTML', ...tags].flatMap((start) => [`${start}>`, `${start} x`, start.toLowerCase() + '>']);
  const blanks = ['', ' ', '\t', '\n', '\x0c', '\r\n  '];

  it.each([...markup, '<!--', '<?xml version="1.0"?>'])('%j, which runs in a page, is a download of unknown type', (start) => {
    for (const blank of blanks) expect([blank, sniff(bytes(blank + start))]).toEqual([blank, 'application/octet-stream']);
    expect(isInline('application/octet-stream')).toBe(false);
  });

  it.each([
    // Section 6.1, images.
    ['\0\0\x01\0', 'image/x-icon', undefined],
    ['\0\0\x02\0', 'image/x-icon', undefined],
    ['BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 'image/bmp', 'image/bmp'],
    ['GIF87a', 'image/gif', 'image/gif'],
    ['GIF89a', 'image/gif', 'image/gif'],
    ['RIFF\x01\x02\x03\x04WEBPVP', 'image/webp', 'image/webp'],
    ['\x89PNG\r\n\x1a\n', 'image/png', 'image/png'],
    ['\xff\xd8\xff', 'image/jpeg', 'image/jpeg'],
    // Section 6.2, audio and video.
    ['FORM\x01\x02\x03\x04AIFF', 'audio/aiff', undefined],
    ['ID3', 'audio/mpeg', 'audio/mpeg'],
    ['\xff\xfb\x90\x44', 'audio/mpeg', 'audio/mpeg'],
    ['OggS\0', 'application/ogg', 'audio/ogg'],
    ['MThd\0\0\0\x06', 'audio/midi', undefined],
    ['RIFF\x01\x02\x03\x04AVI ', 'video/avi', undefined],
    ['RIFF\x01\x02\x03\x04WAVE', 'audio/wave', 'audio/wav'],
    ['\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'video/mp4', 'video/mp4'],
    ['\x1aE\xdf\xa3\x93\x42\x82\x88webm', 'video/webm', 'video/webm'],
    // Sections 6.4 and 7.1: archives and what may run elsewhere.
    ['\x1f\x8b\x08', 'application/x-gzip', undefined],
    ['PK\x03\x04', 'application/zip', undefined],
    ['Rar \x1a\x07\0', 'application/x-rar-compressed', undefined],
    ['%!PS-Adobe-', 'application/postscript', 'text/plain'],
    ['%PDF-', 'application/pdf', 'application/pdf'],
  ])('%j, there %s, is here %s', (head, _theirs, ours = 'application/octet-stream') => {
    expect(sniff(bytes(head))).toBe(ours);
  });
});
