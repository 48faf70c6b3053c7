import type { messageMediaTypes } from '#contract/media-types.ts';

export type MediaType = (typeof messageMediaTypes)[number];

/** Types that a browser may display without running anything in them. */
const inlineTypes = new Set<string>([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
  'audio/amr',
  'audio/aac',
  'audio/mp4',
  'video/mp4',
  'video/3gpp',
  'video/3gpp2',
  'video/quicktime',
  'video/webm',
] satisfies MediaType[]);

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'image/heic-sequence': 'heics',
  'image/heif': 'heif',
  'image/heif-sequence': 'heifs',
  'image/avif': 'avif',
  'image/bmp': 'bmp',
  'image/tiff': 'tif',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/amr': 'amr',
  'audio/aac': 'aac',
  'audio/mp4': 'm4a',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'video/3gpp2': '3g2',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'application/pdf': 'pdf',
  'text/vcard': 'vcf',
  'text/calendar': 'ics',
  'text/plain': 'txt',
  'application/smil': 'smil',
} satisfies Record<Exclude<MediaType, 'application/octet-stream'>, string>;

/** Bytes that are enough to detect the type. */
export const sniffedBytes = 512;

const signatures: readonly (readonly [magic: string, type: MediaType])[] = [
  ['\xff\xd8\xff', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['%PDF-', 'application/pdf'],
  ['OggS', 'audio/ogg'],
  ['#!AMR', 'audio/amr'],
  ['ID3', 'audio/mpeg'],
  ['\x1aE\xdf\xa3', 'video/webm'],
];

/** By the brand of an ISO base media file (ISO 14496-12 section 4.3, 23008-12 annex B, AV1 image file format section 3). */
const brands: readonly (readonly [start: string, type: MediaType])[] = [
  ['3g2', 'video/3gpp2'],
  ['3g', 'video/3gpp'],
  ['qt', 'video/quicktime'],
  ['M4A', 'audio/mp4'],
  ['M4B', 'audio/mp4'],
  ['avi', 'image/avif'],
  ['hei', 'image/heic'],
  ['hev', 'image/heic-sequence'],
];

/** The media type by the first bytes; `application/octet-stream` where unknown, whatever type was declared. */
export function sniff(head: Uint8Array): MediaType {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, sniffedBytes));
  const text = bytes.toString('latin1');
  const magic = signatures.find(([start]) => text.startsWith(start));
  if (magic !== undefined) return magic[1];
  if (text.startsWith('RIFF')) return riff(text.slice(8, 12));
  if (text.slice(4, 8) === 'ftyp') return isoMedia(bytes, text);
  // A frame of MPEG audio: eleven ones, a version, layer III. With layer 0 it is AAC (ISO 14496-3, ADTS).
  if (/^\xff[\xf2\xf3\xfa\xfb]/.test(text)) return 'audio/mpeg';
  if (/^\xff[\xf0\xf1\xf8\xf9]/.test(text)) return 'audio/aac';
  return isBitmap(bytes) ? 'image/bmp' : sniffText(bytes);
}

export function isInline(contentType: string): boolean {
  return inlineTypes.has(contentType);
}

export function extensionOf(contentType: string): string {
  return extensions[contentType] ?? 'bin';
}

function riff(form: string): MediaType {
  if (form === 'WEBP') return 'image/webp';
  return form === 'WAVE' ? 'audio/wav' : 'application/octet-stream';
}

/** `mif1` and `msf1` mean a picture or a sequence of pictures; the brands after them say how it is coded. */
function isoMedia(bytes: Buffer, text: string): MediaType {
  const major = text.slice(8, 12);
  const isPicture = major === 'mif1' || major === 'msf1' || major === 'miaf';
  const end = Math.min(text.length, bytes.readUInt32BE(0));
  const others: string[] = [];
  for (let at = 16; isPicture && at + 4 <= end; at += 4) others.push(text.slice(at, at + 4));
  for (const brand of [major, ...others]) {
    const known = brands.find(([start]) => brand.startsWith(start));
    if (known !== undefined) return known[1];
  }
  if (!isPicture) return 'video/mp4';
  return major === 'msf1' ? 'image/heif-sequence' : 'image/heif';
}

/** Many texts begin with `BM`: the size of the next header decides. */
function isBitmap(bytes: Buffer): boolean {
  if (bytes.length < 18 || bytes.toString('latin1', 0, 2) !== 'BM') return false;
  return bytes.readUInt32LE(6) === 0 && [12, 16, 40, 52, 56, 64, 108, 124].includes(bytes.readUInt32LE(14));
}

/** Text types: markup stays unknown, because a browser might run it, except for the layout of MMS (SMIL). */
function sniffText(bytes: Buffer): MediaType {
  const text = decodeText(bytes);
  if (text === undefined) return 'application/octet-stream';
  if (/^BEGIN:VCARD[ \t]*[\r\n]/i.test(text)) return 'text/vcard';
  if (/^BEGIN:VCALENDAR[ \t]*[\r\n]/i.test(text)) return 'text/calendar';
  if (!/<[a-z!/?]/i.test(text)) return text === '' ? 'application/octet-stream' : 'text/plain';
  return /^(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE\s+smil[^>]*>\s*)?<smil[\s>]/i.test(text)
    ? 'application/smil'
    : 'application/octet-stream';
}

/** UTF-8 without control characters, from the first non-white-space character; the last one may be cut off. */
function decodeText(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return /[^\P{Cc}\t\n\r\f]/u.test(text) ? undefined : text.trimStart();
  } catch {
    return undefined;
  }
}
