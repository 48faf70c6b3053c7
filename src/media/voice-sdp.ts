// Reads and writes the session descriptions of the house's own voice (RFC 3264, RFC 8866).
// Called by voice-endpoint.ts.
// Must stay true: an answer names one codec, that of the far side's choice, and refuses every other stream.
import { isIPv4 } from 'node:net';
import type { Law } from './g711.ts';

/** The far side's end of the audio. */
export type FarSide = {
  readonly address: string;
  readonly port: number;
  readonly law: Law;
  readonly payloadType: number;
  /** The payload type of telephone-event (RFC 4733) at 8 kHz. */
  readonly eventType: number | undefined;
  readonly direction: Direction;
};

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Of our end; `version` grows with every description (RFC 3264 section 8). */
export type OurSide = { readonly address: string; readonly port: number; readonly id: number; readonly version: number };

const offeredTypes = { PCMU: 0, PCMA: 8, event: 101 } as const;

/** The first audio stream that we can take; undefined where there is none in plain RTP with G.711, or none over IPv4. */
export function readFarSide(sdp: string): FarSide | undefined {
  const [session = [], ...streams] = sectionsOf(sdp);
  const stream = streams.find((lines) => isPlainAudio(lines));
  if (stream === undefined) return undefined;
  const [, port = '0', types = ''] = audioLine.exec(stream[0] ?? '') ?? [];
  const names = new Map(stream.flatMap((line) => rtpmapOf(line)));
  const payloadTypes = types.trim().split(/ +/).map(Number);
  const lawTypes = payloadTypes.flatMap((type) => lawOf(type, names.get(type)).map((law) => ({ law, type })));
  const [chosen] = lawTypes;
  const address = addressOf(stream) ?? addressOf(session) ?? '';
  if (chosen === undefined || !isIPv4(address)) return undefined;
  return {
    address,
    port: Number(port),
    law: chosen.law,
    payloadType: chosen.type,
    eventType: payloadTypes.find((type) => names.get(type) === 'TELEPHONE-EVENT/8000'),
    direction: directionOf(stream) ?? directionOf(session) ?? 'sendrecv',
  };
}

/** Whether it may be sent to now: not while it holds the call, and never to a group or to everybody. */
export function hears({ address, direction }: FarSide): boolean {
  return isUnicast(address) && (direction === 'sendrecv' || direction === 'recvonly');
}

export function formatOffer(our: OurSide): string {
  const { PCMU, PCMA, event } = offeredTypes;
  const codecs = [`a=rtpmap:${PCMU} PCMU/8000`, `a=rtpmap:${PCMA} PCMA/8000`, ...eventLines(event)];
  return join([...head(our), `m=audio ${our.port} RTP/AVP ${PCMU} ${PCMA} ${event}`, ...codecs, ...tail('sendrecv')]);
}

/** The answer to `offer`, in which `far` was found: its other streams are refused. */
export function formatAnswer(offer: string, far: FarSide, our: OurSide): string {
  const [, ...streams] = sectionsOf(offer);
  const taken = streams.findIndex((lines) => isPlainAudio(lines));
  const answered = streams.flatMap((lines, index) => (index === taken ? audioAnswer(far, our.port) : refused(lines)));
  return join([...head(our), ...answered]);
}

/** RFC 3264 section 6.1. */
const answeredDirections = { sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive', sendrecv: 'sendrecv' } as const;

function audioAnswer({ law, payloadType, eventType, direction }: FarSide, port: number): readonly string[] {
  const types = [payloadType, ...(eventType === undefined ? [] : [eventType])];
  return [
    `m=audio ${port} RTP/AVP ${types.join(' ')}`,
    `a=rtpmap:${payloadType} ${law}/8000`,
    ...(eventType === undefined ? [] : eventLines(eventType)),
    ...tail(answeredDirections[direction]),
  ];
}

const audioLine = /^m=audio +(\d+) +RTP\/AVP +(.*)$/i;

function head({ address, id, version }: OurSide): readonly string[] {
  return ['v=0', `o=- ${id} ${version} IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0'];
}

function tail(direction: Direction): readonly string[] {
  return ['a=ptime:20', `a=${direction}`];
}

function eventLines(type: number): readonly string[] {
  return [`a=rtpmap:${type} telephone-event/8000`, `a=fmtp:${type} 0-15`];
}

function refused(lines: readonly string[]): readonly string[] {
  const [, kind = 'audio', rest = 'RTP/AVP 0'] = /^m=(\S+) +\S+ +(.*)$/.exec(lines[0] ?? '') ?? [];
  return [`m=${kind} 0 ${rest}`];
}

function join(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}

function isPlainAudio([first = '']: readonly string[]): boolean {
  return Number(audioLine.exec(first)?.[1] ?? 0) > 0;
}

/** The lines of the session, then those of each stream. */
function sectionsOf(sdp: string): readonly (readonly string[])[] {
  const all: string[][] = [[]];
  for (const line of sdp.split(/\r\n|\r|\n/)) {
    if (line.startsWith('m=')) all.push([]);
    if (line !== '') all.at(-1)?.push(line.trimEnd());
  }
  return all;
}

function rtpmapOf(line: string): [number, string][] {
  const [, type, name] = /^a=rtpmap:(\d+) +([\w-]+\/\d+)/.exec(line) ?? [];
  return type === undefined || name === undefined ? [] : [[Number(type), name.toUpperCase()]];
}

/** Types 0 and 8 need no rtpmap (RFC 3551 section 6). */
function lawOf(type: number, name: string | undefined): readonly Law[] {
  if (name === 'PCMU/8000' || (name === undefined && type === offeredTypes.PCMU)) return ['PCMU'];
  return name === 'PCMA/8000' || (name === undefined && type === offeredTypes.PCMA) ? ['PCMA'] : [];
}

function directionOf(lines: readonly string[]): Direction | undefined {
  const found = lines.map((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.exec(line)?.[1]).find((one) => one !== undefined);
  return found as Direction | undefined;
}

function addressOf(lines: readonly string[]): string | undefined {
  return lines.map((line) => /^c=IN +IP4 +([^\s/]+)/i.exec(line)?.[1]).find((one) => one !== undefined);
}

/** Not 0.0.0.0 (hold before RFC 3264), a multicast group, or the broadcast address. */
function isUnicast(address: string): boolean {
  const first = Number(address.split('.')[0]);
  return first > 0 && first < 224;
}
