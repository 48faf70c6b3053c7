/** RFC 3264 section 5.1: `recvonly` sends nothing, and so on. */
type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One active `m=` section, with what it inherits from the session (RFC 8866 sections 5.7 and 6.7). */
type Stream = { readonly kind: string; readonly direction: Direction; readonly isAddressed: boolean };

/** Whether a description puts the other side on hold: no active stream of the call receives media (RFC 3264 section 8.4). */
export function isHold(sdp: string): boolean {
  const streams = callStreams(sdp);
  return streams.length > 0 && streams.every((stream) => !receives(stream));
}

/** Whether a description sends media. The answer to one that does not cannot receive any, so it says nothing about hold. */
export function isSending(sdp: string): boolean {
  return callStreams(sdp).some(({ direction }) => direction === 'sendrecv' || direction === 'sendonly');
}

/** Before RFC 3264, hold was the address 0.0.0.0 (RFC 2543 appendix B.5). */
function receives({ direction, isAddressed }: Stream): boolean {
  return isAddressed && (direction === 'sendrecv' || direction === 'recvonly');
}

/** Whether it is a browser's: DTLS-SRTP (RFC 5764) with ICE, the only media of WebRTC (RFC 8827 section 6.5). */
export function isWebRtc(sdp: string): boolean {
  const has = (line: RegExp) => line.test(sdp);
  return has(/^m=\S+ \d+ UDP\/TLS\/RTP\/SAVPF /m) && has(/^a=ice-ufrag:/m) && has(/^a=fingerprint:/m);
}

/** Whether it offers its audio by SRTP with keys in the description (RFC 4568), and not in the clear. */
export function isSecureAlone(sdp: string): boolean {
  const profiles = [...sdp.matchAll(/^m=audio [1-9]\d* (\S+) /gm)].map(([, profile]) => profile);
  return profiles.length > 0 && profiles.every((profile) => profile === 'RTP/SAVP' || profile === 'RTP/SAVPF');
}

/** The streams that decide about hold: the audio, or all active ones where there is none. A door station's one-way video is no hold. */
function callStreams(sdp: string): readonly Stream[] {
  const streams = liveStreams(sdp);
  const audio = streams.filter(({ kind }) => kind === 'audio');
  return audio.length > 0 ? audio : streams;
}

function liveStreams(sdp: string): readonly Stream[] {
  const [session = [], ...media] = sections(sdp);
  return media.flatMap((lines) => {
    const [, kind = '', port = ''] = /^m=(\S+) +(\d+)/.exec(lines[0] ?? '') ?? [];
    // Port 0: refused or removed, unless the stream is bundled with another (RFC 9143 section 6).
    const isLive = kind !== '' && (Number(port) !== 0 || lines.some((line) => /^a=bundle-only *$/.test(line)));
    if (!isLive) return [];
    const direction = directionOf(lines) ?? directionOf(session) ?? 'sendrecv';
    const address = addressOf(lines) ?? addressOf(session);
    return [{ kind: kind.toLowerCase(), direction, isAddressed: address === undefined || !isNowhere(address) }];
  });
}

/** The session's lines, then those of each stream. */
function sections(sdp: string): readonly (readonly string[])[] {
  const all: string[][] = [[]];
  for (const line of sdp.split(/\r\n|\r|\n/)) {
    if (line.startsWith('m=')) all.push([]);
    all.at(-1)?.push(line);
  }
  return all;
}

function directionOf(lines: readonly string[]): Direction | undefined {
  for (const line of lines) {
    const [, word] = /^a=(sendrecv|sendonly|recvonly|inactive) *$/.exec(line) ?? [];
    if (word !== undefined) return word as Direction;
  }
  return undefined;
}

function addressOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const [, address] = /^c=IN +IP[46] +([^\s/]+)/i.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  return undefined;
}

/** `0.0.0.0`, `::` and its longer forms. */
function isNowhere(address: string): boolean {
  return /^[0:.]+$/.test(address);
}

/** The same description, changed so that no media flows in either direction: silence for whoever is held (RFC 3264 section 8.4). */
export function inactiveOf(sdp: string): string {
  const kept = sections(sdp).map((lines) => lines.filter((line) => line !== '' && directionOf([line]) === undefined));
  const [session = [], ...media] = kept;
  const lines = [...session.map(withNextVersion), ...media.flatMap((stream) => [...stream, 'a=inactive'])];
  return `${lines.join('\r\n')}\r\n`;
}

/** The same description with media in both directions; undefined where it has no audio, or is on hold in the way before RFC 3264. */
export function activeOf(sdp: string): string | undefined {
  const streams = callStreams(sdp);
  if (streams.length === 0 || streams.some(({ isAddressed }) => !isAddressed)) return undefined;
  const lines = sdp.split(/\r\n|\r|\n/).filter((line) => line !== '' && directionOf([line]) === undefined);
  return `${lines.map(withNextVersion).join('\r\n')}\r\n`;
}

/** A changed description has the next version of its origin (RFC 3264 section 8). */
function withNextVersion(line: string): string {
  return line.replace(/^(o=\S+ \S+ )(\d+)/, (_match, before: string, version: string) => `${before}${BigInt(version) + 1n}`);
}

/** An answer that refuses all streams (RFC 3264 section 6): for an offer that must be answered before the BYE. */
export function refusalOf(offer: string): string {
  const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  for (const line of offer.split(/\r?\n/)) {
    const [, kind = '', ...rest] = /^m=(\S+) \S+ (\S+) (.*)$/.exec(line) ?? [];
    if (kind !== '') lines.push(`m=${kind} 0 ${rest.join(' ')}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}
