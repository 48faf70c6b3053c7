import type { messageUpload } from '#contract/messages.ts';

/** What may be shown in a browser without anything in it being run. */
const inlineTypes = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
  'audio/amr',
  'audio/mp4',
  'video/mp4',
  'video/3gpp',
  'video/quicktime',
  'video/webm',
]);

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/amr': 'amr',
  'audio/mp4': 'm4a',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'application/pdf': 'pdf',
  'text/vcard': 'vcf',
  'text/calendar': 'ics',
} satisfies Record<Exclude<(typeof messageUpload.types)[number], 'application/octet-stream'>, string>;

/** Bytes that are enough to tell. */
export const sniffedBytes = 64;

const magics: readonly (readonly [magic: string, type: string])[] = [
  ['\xff\xd8\xff', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['%PDF-', 'application/pdf'],
  ['OggS', 'audio/ogg'],
  ['#!AMR', 'audio/amr'],
  ['ID3', 'audio/mpeg'],
  ['\x1aE\xdf\xa3', 'video/webm'],
];

/** By the brand of an ISO base media file (ISO 14496-12 section 4.3). */
const brands: readonly (readonly [start: string, type: string])[] = [
  ['3g', 'video/3gpp'],
  ['qt', 'video/quicktime'],
  ['M4A', 'audio/mp4'],
  ['hei', 'image/heic'],
  ['hev', 'image/heic'],
  ['mif1', 'image/heic'],
];

/** The media type that the first bytes say it is; what is not known is `application/octet-stream`, whatever anybody claims. */
export function sniff(head: Uint8Array): string {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, sniffedBytes)).toString('latin1');
  const magic = magics.find(([start]) => text.startsWith(start));
  if (magic !== undefined) return magic[1];
  if (text.startsWith('RIFF')) return riff(text.slice(8, 12));
  if (text.slice(4, 8) === 'ftyp') return brands.find(([start]) => text.startsWith(start, 8))?.[1] ?? 'video/mp4';
  // A frame of MPEG audio: eleven ones, a version, layer III.
  if (/^\xff[\xf2\xf3\xfa\xfb]/.test(text)) return 'audio/mpeg';
  const start = text.replace(/^\xef\xbb\xbf/, '').toUpperCase();
  if (/^BEGIN:VCARD[\r\n]/.test(start)) return 'text/vcard';
  if (/^BEGIN:VCALENDAR[\r\n]/.test(start)) return 'text/calendar';
  return 'application/octet-stream';
}

export function isInline(contentType: string): boolean {
  return inlineTypes.has(contentType);
}

export function extensionOf(contentType: string): string {
  return extensions[contentType] ?? 'bin';
}

function riff(form: string): string {
  if (form === 'WEBP') return 'image/webp';
  return form === 'WAVE' ? 'audio/wav' : 'application/octet-stream';
}
