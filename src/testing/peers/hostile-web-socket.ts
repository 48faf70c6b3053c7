/** The opening request of a SIP client (RFC 7118 section 4.1). */
export const webSocketRequest = [
  'GET / HTTP/1.1',
  'Host: pbx.example',
  'Upgrade: WebSocket',
  'Connection: keep-alive, Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: chat, sip',
  'Origin: https://panel.example',
] as const;

export type RawFrameOptions = {
  opcode: number;
  payload?: string | Buffer;
  isFinal?: boolean;
  isMasked?: boolean;
  /** Bits to set in the first byte. */
  reserved?: number;
  /** A length to announce that the payload does not have. */
  length?: number;
};

/** One frame as a client sends it, or as it must not. */
export function rawClientFrame({
  opcode,
  payload = '',
  isFinal = true,
  isMasked = true,
  reserved = 0,
  length,
}: RawFrameOptions): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const size = length ?? bytes.length;
  const mask = Buffer.of(1, 2, 3, 4);
  const head = [(isFinal ? 0x80 : 0) | reserved | opcode];
  const bit = isMasked ? 0x80 : 0;
  if (size < 126) head.push(bit | size);
  else if (size < 65_536) head.push(bit | 126, size >> 8, size & 255);
  else head.push(bit | 127, 0, 0, 0, 0, (size >>> 24) & 255, (size >> 16) & 255, (size >> 8) & 255, size & 255);
  const body = isMasked ? bytes.map((byte, index) => byte ^ (mask[index & 3] ?? 0)) : bytes;
  return Buffer.concat([Buffer.from(head), isMasked ? mask : Buffer.alloc(0), body]);
}
