/** Whether an offer puts the other side on hold: every stream sends only, or nothing flows (RFC 3264 section 8.4, RFC 2543 appendix B.5). */
export function isHold(sdp: string): boolean {
  if (sdp.includes('c=IN IP4 0.0.0.0')) return true;
  return (sdp.includes('a=sendonly') || sdp.includes('a=inactive')) && !sdp.includes('a=sendrecv');
}

/** An answer that takes none of an offer's streams (RFC 3264 section 6): for an offer that must be answered before the BYE. */
export function refusalOf(offer: string): string {
  const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  for (const line of offer.split(/\r?\n/)) {
    const [, kind = '', ...rest] = /^m=(\S+) \S+ (\S+) (.*)$/.exec(line) ?? [];
    if (kind !== '') lines.push(`m=${kind} 0 ${rest.join(' ')}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}
