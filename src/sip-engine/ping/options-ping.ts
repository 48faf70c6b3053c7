import { randomBytes } from 'node:crypto';
import type { EngineClock, EngineTimer } from '../runtime/clock.ts';
import { withBrackets } from '../message/addresses.ts';
import type { RemoteEndpoint } from '../transport/transport.ts';
import { openPingChannel } from './ping-channel.ts';

// Owns the question whether a listener answers: one OPTIONS over its transport (RFC 3261 section 11), as a phone would send it.
// Called by listener-pings.ts.
// Must stay true: it ends within `pingTimeoutMs` and leaves nothing open; any final response counts, as 401 is one to a stranger.

export type PingOutcome =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'failed'; readonly why: string };

export type PingOptions = {
  readonly clock: EngineClock;
  /** Told from where the request comes, before it is sent; returns what is called when it is over. */
  readonly announce: (local: RemoteEndpoint) => () => void;
};

/** A phone waits longer; a listener that needs so long in the own machine is of no use to it. */
export const pingTimeoutMs = 3_000;
/** RFC 3261 section 17.1.2.2: T1, and twice that. */
const retransmitAtMs = [500, 1_500];
const finalResponse = /SIP\/2\.0 ([2-6]\d\d) /;

/** Never rejects. */
export function pingListener(target: RemoteEndpoint, { clock, announce }: PingOptions): Promise<PingOutcome> {
  const { promise, resolve } = Promise.withResolvers<PingOutcome>();
  const callId = randomBytes(12).toString('hex');
  const timers: EngineTimer[] = [clock.after(pingTimeoutMs, () => end(noAnswer))];
  let [forget, text] = [() => {}, ''];
  const close = openPingChannel(target, {
    opened: (channel) => {
      forget = announce(channel.local);
      const request = optionsRequest(target, channel.local, callId);
      const send = () => channel.send(request);
      send();
      if (target.protocol === 'udp') timers.push(...retransmitAtMs.map((ms) => clock.after(ms, send)));
    },
    received: (piece) => {
      text += piece;
      const status = finalResponse.exec(text)?.[1];
      if (status !== undefined && text.includes(callId)) end({ kind: 'answered', status: Number(status) });
    },
    failed: (error) => end({ kind: 'failed', why: describe(error) }),
  });
  const end = (outcome: PingOutcome) => {
    for (const timer of timers.splice(0)) timer.cancel();
    forget();
    forget = () => {};
    close();
    resolve(outcome);
  };
  return promise;
}

const noAnswer: PingOutcome = { kind: 'failed', why: `no answer within ${pingTimeoutMs / 1000} seconds` };

function describe(error: Error & { readonly code?: string }): string {
  return error.code === 'ECONNREFUSED' ? 'the port is closed' : (error.code ?? error.message);
}

function optionsRequest({ protocol, ...target }: RemoteEndpoint, local: RemoteEndpoint, callId: string): string {
  const to = `sip:${withBrackets(target.address)}:${target.port}${protocol === 'udp' ? '' : `;transport=${protocol}`}`;
  const from = `${withBrackets(local.address)}:${local.port}`;
  const lines = [
    `OPTIONS ${to} SIP/2.0`,
    `Via: SIP/2.0/${protocol.toUpperCase()} ${from};branch=z9hG4bK${callId};rport`,
    'Max-Forwards: 70',
    `From: <sip:health@${withBrackets(local.address)}>;tag=${callId}`,
    `To: <${to}>`,
    `Call-ID: ${callId}`,
    'CSeq: 1 OPTIONS',
    'User-Agent: GoSIP health',
    'Content-Length: 0',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
