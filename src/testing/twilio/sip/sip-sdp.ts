import type { Law } from '#media/g711.ts';

const secureSuite = 'AES_CM_128_HMAC_SHA1_80';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** What matters of one audio stream (RFC 8866, RFC 3264). */
export type SessionDescription = {
  readonly address: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** In the order of preference. */
  readonly laws: readonly Law[];
  readonly eventType: number | undefined;
  readonly direction: Direction;
  /** Of the suite that Twilio offers or takes, with the tag of its line. */
  readonly key: { readonly tag: string; readonly inline: string } | undefined;
  readonly mid: string | undefined;
};

const directions: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
// Twilio takes both lengths of the tag; only the long one is spoken here.
const typeOf: Record<Law, number> = { PCMU: 0, PCMA: 8 };

/** The first audio stream, or undefined when there is none or it is no RTP. */
export function readDescription(text: string): SessionDescription | undefined {
  const lines = text.split(/\r?\n/);
  const media = lines.findIndex((line) => line.startsWith('m=audio '));
  if (media === -1) return undefined;
  const next = lines.findIndex((line, index) => index > media && line.startsWith('m='));
  const own = lines.slice(media + 1, next === -1 ? undefined : next);
  const session = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('m=')),
  );
  const [, port = '', profile = '', ...types] = (lines[media] ?? '').slice(2).split(' ');
  if (profile !== 'RTP/AVP' && profile !== 'RTP/SAVP') return undefined;
  const find = (start: string): string | undefined =>
    [...own, ...session].find((line) => line.startsWith(start))?.slice(start.length);
  const names = new Map(own.filter((line) => line.startsWith('a=rtpmap:')).map((line) => readMap(line.slice(9))));
  const address = find('c=IN IP4 ');
  if (address === undefined) return undefined;
  return {
    address,
    port: Number.parseInt(port, 10) || 0,
    isSecure: profile === 'RTP/SAVP',
    laws: types.flatMap((type) => lawOf(type, names)),
    eventType: types.filter((type) => names.get(type)?.startsWith('TELEPHONE-EVENT/8000')).map(Number)[0],
    direction: directions.find((direction) => find(`a=${direction}`) !== undefined) ?? 'sendrecv',
    key: readKey(own),
    mid: find('a=mid:'),
  };
}

function readMap(text: string): [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1).toUpperCase()];
}

function lawOf(type: string, names: ReadonlyMap<string, string>): Law[] {
  const name = names.get(type) ?? '';
  if (type === '0' || name.startsWith('PCMU/8000')) return ['PCMU'];
  if (type === '8' || name.startsWith('PCMA/8000')) return ['PCMA'];
  return [];
}

function readKey(lines: readonly string[]): SessionDescription['key'] {
  for (const line of lines) {
    const [tag = '', suite, parameters = ''] = line.startsWith('a=crypto:') ? line.slice(9).split(' ') : [];
    if (suite === secureSuite && parameters.startsWith('inline:')) return { tag, inline: parameters.slice(7) };
  }
  return undefined;
}

export type SdpFields = {
  /** Where audio goes to. */
  readonly address: string;
  readonly port: number;
  readonly id: number;
  readonly version: number;
  readonly laws: readonly Law[];
  readonly eventType: number | undefined;
  readonly direction: Direction;
  readonly key: { readonly tag: string; readonly inline: string } | undefined;
};

/** As Twilio's gateway writes it: the origin is a private address, the connection the public one. */
export function formatDescription(fields: SdpFields): string {
  const types = fields.laws.map((law) => typeOf[law]);
  const events = fields.eventType === undefined ? [] : [fields.eventType];
  const lines = [
    'v=0',
    `o=root ${fields.id} ${fields.version} IN IP4 172.18.25.2`,
    's=Twilio Media Gateway',
    `c=IN IP4 ${fields.address}`,
    't=0 0',
    `m=audio ${fields.port} ${fields.key ? 'RTP/SAVP' : 'RTP/AVP'} ${[...types, ...events].join(' ')}`,
    ...fields.laws.map((law) => `a=rtpmap:${typeOf[law]} ${law}/8000`),
    ...events.flatMap((type) => [`a=rtpmap:${type} telephone-event/8000`, `a=fmtp:${type} 0-16`]),
    ...(fields.key ? [`a=crypto:${fields.key.tag} ${secureSuite} inline:${fields.key.inline}`] : []),
    'a=ptime:20',
    'a=maxptime:20',
    `a=${fields.direction}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}
