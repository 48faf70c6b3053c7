import { randomBytes } from 'node:crypto';

/** One masked frame, as clients must send (RFC 6455 section 5.3). Opcode 1 is text, 2 binary, 8 close, 9 ping, 10 pong. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  const head = length < 126 ? Buffer.alloc(2) : Buffer.alloc(4);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (length < 126 ? length : 126);
  if (length >= 126) head.writeUInt16BE(length, 2);
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([head, mask, masked]);
}

export type ServerFrame = { readonly opcode: number; readonly payload: Buffer; readonly length: number };

/** The first whole unmasked frame in the bytes, and how many bytes it took; undefined while some are missing. */
export function readServerFrame(bytes: Buffer): ServerFrame | undefined {
  if (bytes.length < 2) return undefined;
  const opcode = (bytes[0] ?? 0) & 0x0f;
  const short = (bytes[1] ?? 0) & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const length = start + size;
  return bytes.length < length ? undefined : { opcode, payload: bytes.subarray(start, length), length };
}
