import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Clock } from '#base/clock.ts';

export type StunResult = { readonly kind: 'address'; readonly address: string } | { readonly kind: 'none'; readonly why: string };

const magicCookie = 0x2112_a442;
const headerLength = 20;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const mappedAddress = 0x0001;
const xorMappedAddress = 0x0020;
/** RFC 8489 section 6.2.1: RTO 500 ms, doubled each time; a wait of 16 RTO after the last, here shortened. */
const sendAtMs = [0, 500, 1500, 3500] as const;
const timeoutAtMs = 7500;

/** RFC 8489 section 5: a Binding request without attributes. `transaction`: 12 bytes. */
export function formatBindingRequest(transaction: Buffer): Buffer {
  const bytes = Buffer.alloc(headerLength);
  bytes.writeUInt16BE(bindingRequest, 0);
  bytes.writeUInt32BE(magicCookie, 4);
  transaction.copy(bytes, 8);
  return bytes;
}

/** The IPv4 address in the success response to `transaction`; undefined for everything else. */
export function readBindingResponse(bytes: Buffer, transaction: Buffer): string | undefined {
  if (bytes.length < headerLength || bytes.readUInt16BE(0) !== bindingSuccess) return undefined;
  if (bytes.readUInt32BE(4) !== magicCookie || !bytes.subarray(8, headerLength).equals(transaction)) return undefined;
  const end = Math.min(bytes.length, headerLength + bytes.readUInt16BE(2));
  let plain: string | undefined;
  for (let at = headerLength; at + 4 <= end;) {
    const type = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    const value = bytes.subarray(at + 4, Math.min(end, at + 4 + length));
    if (type === xorMappedAddress) return readAddress(value, magicCookie) ?? plain;
    if (type === mappedAddress) plain ??= readAddress(value, 0);
    // Values are padded to 4 bytes (section 14).
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return plain;
}

/** Asks a STUN server for our public address, from a socket bound to `localAddress`, or to that of the default route. */
export function queryStun(
  clock: Clock,
  { server, localAddress }: { server: { readonly host: string; readonly port: number }; localAddress: string | undefined },
): Promise<StunResult> {
  const transaction = randomBytes(12);
  const socket = createSocket('udp4');
  const { promise, resolve } = Promise.withResolvers<StunResult>();
  const timers = sendAtMs.map((delay) =>
    clock.after(delay, () => socket.send(formatBindingRequest(transaction), server.port, server.host, () => {})),
  );
  timers.push(clock.after(timeoutAtMs, () => finish({ kind: 'none', why: 'no response' })));
  let isOver = false;
  const finish = (answer: StunResult) => {
    if (isOver) return;
    isOver = true;
    for (const timer of timers) timer.cancel();
    socket.close();
    resolve(answer);
  };
  socket.on('message', (bytes) => {
    const address = readBindingResponse(bytes, transaction);
    if (address !== undefined) finish({ kind: 'address', address });
  });
  socket.on('error', (error) => finish({ kind: 'none', why: error.message }));
  socket.bind({ port: 0, ...(localAddress === undefined ? {} : { address: localAddress }) });
  socket.unref();
  return promise;
}

// RFC 8489 sections 14.1 and 14.2; IPv4 only, as the relay.
function readAddress(value: Buffer, mask: number): string | undefined {
  if (value.length < 8 || value[1] !== 1) return undefined;
  const number = (value.readUInt32BE(4) ^ mask) >>> 0;
  return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.');
}
