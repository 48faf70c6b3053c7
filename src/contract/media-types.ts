// The names of media types. Files are recognised by their bytes; a name only keeps out what was never meant as one.

/** What else a WAV file is called (RFC 2361; the others by custom). */
const wavAliases = ['audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'audio/x-pn-wav'] as const;

/** The same, and what a browser calls any file that it does not know. */
export const wavMediaTypeAliases = [...wavAliases, 'application/octet-stream'] as const;

/** What a part of a message may be, as its bytes say. */
export const messageMediaTypes = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/heic',
  'image/heic-sequence',
  'image/heif',
  'image/heif-sequence',
  'image/avif',
  'image/bmp',
  'image/tiff',
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
  'application/pdf',
  'text/vcard',
  'text/calendar',
  'text/plain',
  'application/smil',
  'application/octet-stream',
] as const;

/** What else the same formats are called, by registration or by custom. */
export const messageMediaTypeAliases = [
  ...['image/jpg', 'image/pjpeg', 'image/x-png', 'image/x-bmp', 'image/x-ms-bmp', 'image/tif', 'image/x-tiff'],
  ...['audio/mp3', 'audio/x-mp3', 'audio/mpeg3', 'audio/x-mpeg-3', 'audio/x-mpeg', 'audio/mpg'],
  ...wavAliases,
  ...['audio/x-ogg', 'audio/opus', 'audio/vorbis', 'application/ogg', 'video/ogg', 'audio/amr-nb', 'audio/x-amr', 'audio/amr-wb'],
  ...['audio/x-aac', 'audio/aacp', 'audio/m4a', 'audio/x-m4a', 'audio/mp4a-latm', 'audio/3gpp', 'audio/3gpp2', 'audio/webm'],
  ...['application/mp4', 'video/x-m4v', 'video/3gp', 'application/x-pdf'],
  ...['text/x-vcard', 'text/directory', 'text/x-vcalendar', 'application/ics'],
] as const;
