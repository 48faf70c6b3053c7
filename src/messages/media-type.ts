import type { messageMediaTypes } from '#contract/media-types.ts';

export type MediaType = (typeof messageMediaTypes)[number];

/** `inline`: a browser may display it without running anything in it. */
type Kind = { readonly extension: string; readonly inline: boolean };

const kinds: Readonly<Record<MediaType, Kind>> = {
  'image/jpeg': { extension: 'jpg', inline: true },
  'image/png': { extension: 'png', inline: true },
  'image/gif': { extension: 'gif', inline: true },
  'image/webp': { extension: 'webp', inline: true },
  'image/heic': { extension: 'heic', inline: false },
  'image/heic-sequence': { extension: 'heics', inline: false },
  'image/heif': { extension: 'heif', inline: false },
  'image/heif-sequence': { extension: 'heifs', inline: false },
  'image/avif': { extension: 'avif', inline: true },
  'image/bmp': { extension: 'bmp', inline: true },
  'image/tiff': { extension: 'tif', inline: false },
  'audio/mpeg': { extension: 'mp3', inline: true },
  'audio/ogg': { extension: 'ogg', inline: true },
  'audio/wav': { extension: 'wav', inline: true },
  'audio/amr': { extension: 'amr', inline: true },
  'audio/aac': { extension: 'aac', inline: true },
  'audio/mp4': { extension: 'm4a', inline: true },
  'video/mp4': { extension: 'mp4', inline: true },
  'video/3gpp': { extension: '3gp', inline: true },
  'video/3gpp2': { extension: '3g2', inline: true },
  'video/quicktime': { extension: 'mov', inline: true },
  'video/webm': { extension: 'webm', inline: true },
  'application/pdf': { extension: 'pdf', inline: false },
  'text/vcard': { extension: 'vcf', inline: false },
  'text/calendar': { extension: 'ics', inline: false },
  'text/plain': { extension: 'txt', inline: false },
  'application/smil': { extension: 'smil', inline: false },
  'application/octet-stream': { extension: 'bin', inline: false },
};

const kindOf = (contentType: string): Kind => kinds[contentType as MediaType] ?? kinds['application/octet-stream'];

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
  return kindOf(contentType).inline;
}

export function extensionOf(contentType: string): string {
  return kindOf(contentType).extension;
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
