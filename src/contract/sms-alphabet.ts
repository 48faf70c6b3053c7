// Owns the alphabet of SMS (3GPP TS 23.038) and how much of it fits into a message.
// Called by the room of messages, and by the panel, which counts while somebody writes.

/** The basic set of GSM-7, without the escape character. */
export const gsm7Basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** Each of these is an escape and a septet. */
export const gsm7Extension = '\f^{}\\[~]|€';

/** `single`: of a message that is whole; `part`: of each of several. In septets of GSM-7 or UTF-16 code units. */
export const smsSizes = { 'gsm-7': { single: 160, part: 153 }, 'ucs-2': { single: 70, part: 67 } } as const;
