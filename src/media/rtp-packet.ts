// RTP packets (RFC 3550 section 5.1) and telephone events (RFC 4733 section 2.3).

export type RtpPacket = {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
};

export type TelephoneEvent = { readonly digit: string; readonly isEnd: boolean; readonly duration: number };

const digits = '0123456789*#ABCD';

export function formatRtp(packet: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(12 + packet.payload.length);
  bytes[0] = 0x80;
  bytes[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  bytes.writeUInt16BE(packet.sequence & 0xffff, 2);
  bytes.writeUInt32BE(packet.timestamp >>> 0, 4);
  bytes.writeUInt32BE(packet.ssrc >>> 0, 8);
  packet.payload.copy(bytes, 12);
  return bytes;
}

/** Undefined for what is no RTP (RTCP among it). */
export function parseRtp(bytes: Buffer): RtpPacket | undefined {
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  if (bytes.length < 12 || first >> 6 !== 2 || (second >= 192 && second <= 223)) return undefined;
  const start = headerLength(bytes);
  if (start === undefined) return undefined;
  const padding = first & 0x20 ? (bytes.at(-1) ?? 0) : 0;
  if (start + padding > bytes.length) return undefined;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(start, bytes.length - padding),
  };
}

/** With contributing sources and the extension; undefined when the packet is too short for them. */
export function headerLength(bytes: Buffer): number | undefined {
  const first = bytes[0] ?? 0;
  const start = 12 + (first & 0x0f) * 4;
  if ((first & 0x10) === 0) return start <= bytes.length ? start : undefined;
  if (bytes.length < start + 4) return undefined;
  const end = start + 4 + bytes.readUInt16BE(start + 2) * 4;
  return end <= bytes.length ? end : undefined;
}

export function formatEvent({ digit, isEnd, duration }: TelephoneEvent): Buffer {
  const bytes = Buffer.alloc(4);
  bytes[0] = Math.max(0, digits.indexOf(digit.toUpperCase()));
  bytes[1] = (isEnd ? 0x80 : 0) | 10;
  bytes.writeUInt16BE(Math.min(duration, 0xffff), 2);
  return bytes;
}

export function parseEvent(payload: Buffer): TelephoneEvent | undefined {
  const digit = digits[payload[0] ?? 255];
  if (payload.length < 4 || digit === undefined) return undefined;
  return { digit, isEnd: ((payload[1] ?? 0) & 0x80) !== 0, duration: payload.readUInt16BE(2) };
}
