import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { familyOf, withBrackets } from '../message/addresses.ts';
import { opcodes } from '../transport/ws-frames.ts';
import type { RemoteEndpoint } from '../transport/transport.ts';

// Owns the sockets by which a listener of ours is reached as a phone would reach it: each transport behind one shape.
// Called by options-ping.ts.
// Must stay true: `failed` is called at most once, and nothing is open after `close`.

export type PingChannel = {
  readonly local: RemoteEndpoint;
  send(request: string): void;
};

export type PingHandlers = {
  readonly opened: (channel: PingChannel) => void;
  /** Bytes that came, as text; they may be part of a response. */
  readonly received: (text: string) => void;
  readonly failed: (error: Error) => void;
};

/** Returns the function that closes it. `target` is where it listens. */
export function openPingChannel(target: RemoteEndpoint, handlers: PingHandlers): () => void {
  if (target.protocol === 'udp') return openUdp(target, handlers);
  if (target.protocol === 'tcp' || target.protocol === 'tls') return openStream(target, handlers);
  return openWebSocket(target, handlers);
}

function openUdp(target: RemoteEndpoint, { opened, received, failed }: PingHandlers): () => void {
  const socket = createSocket(familyOf(target.address) === 6 ? 'udp6' : 'udp4');
  let isClosed = false;
  const close = () => {
    if (!isClosed) socket.close();
    isClosed = true;
  };
  socket.on('error', failed);
  socket.on('message', (bytes) => received(bytes.toString('latin1')));
  // Connected, it is told that the port is closed, and gets nothing from elsewhere.
  socket.once('connect', () => {
    const { address, port } = socket.address();
    opened({ local: { protocol: 'udp', address, port }, send: (text) => socket.send(text) });
  });
  socket.connect(target.port, target.address);
  return close;
}

function openStream(target: RemoteEndpoint, { opened, received, failed }: PingHandlers): () => void {
  const socket = connectTo(target, () => opened({ local: localOf(target, socket), send: (text) => socket.write(text) }));
  follow(socket, { received, failed });
  return () => socket.destroy();
}

function openWebSocket(target: RemoteEndpoint, { opened, received, failed }: PingHandlers): () => void {
  const send = (text: string) => socket.write(maskedFrame(Buffer.from(text)));
  let upgrade: string | undefined = '';
  const socket = connectTo(target, () => socket.write(upgradeRequest(target)));
  const onText = (text: string) => {
    if (upgrade === undefined) {
      received(text);
      return;
    }
    upgrade += text;
    if (!upgrade.includes('\r\n\r\n')) return;
    if (!upgrade.startsWith('HTTP/1.1 101 ')) failed(new Error(`WebSocket refused: ${upgrade.split('\r\n', 1)[0]}`));
    else {
      upgrade = undefined;
      opened({ local: localOf(target, socket), send });
    }
  };
  follow(socket, { received: onText, failed });
  return () => socket.destroy();
}

function connectTo({ protocol, address: host, port }: RemoteEndpoint, onConnected: () => void): Socket {
  if (protocol === 'tcp' || protocol === 'ws') return connect({ host, port }, onConnected);
  // It is ourselves: whom the certificate names does not matter, and its chain may be unknown here.
  return connectTls({ host, port, rejectUnauthorized: false }, onConnected);
}

function follow(socket: Socket, { received, failed }: Pick<PingHandlers, 'received' | 'failed'>): void {
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => received(text));
  socket.on('error', failed);
  socket.on('end', () => failed(new Error('The connection was closed')));
}

function localOf({ protocol }: RemoteEndpoint, socket: Socket): RemoteEndpoint {
  return { protocol, address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
}

function upgradeRequest({ address, port }: RemoteEndpoint): string {
  const lines = [
    'GET / HTTP/1.1',
    `Host: ${withBrackets(address)}:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: sip',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Clients must mask (RFC 6455 section 5.3). A request of ours has 126 to 65,535 bytes. */
function maskedFrame(payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const head = Buffer.from([0x80 | opcodes.text, 0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index & 3] ?? 0))]);
}
