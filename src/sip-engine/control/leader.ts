import type { CdrRecord, Delivery, MessageMeta } from './app-link.ts';

// The `|`-separated first line of every frame to an application. drachtio-srf reads tokens by index, so their count matters.

/** How the leader names WS and WSS: native reports `tcp`, from which applications build `;transport=`. */
export type WebSocketName = 'tcp' | 'own';

/** `HH:MM:SS.uuuuuu` in UTC. */
export function leaderTime(epochMs: number): string {
  const ofDay = Math.floor(epochMs) % 86_400_000;
  const milliseconds = ofDay % 1000;
  const seconds = (ofDay - milliseconds) / 1000;
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${clock.map((part) => String(part).padStart(2, '0')).join(':')}.${String(milliseconds).padStart(3, '0')}000`;
}

/** Tokens 2 to 7: source, bytes, protocol, address, port, time. */
export function metaTokens(meta: MessageMeta, time: string, webSocketName: WebSocketName): string {
  return `${meta.source}|${meta.bytes}|${protocolName(meta.protocol, webSocketName)}|${meta.address}|${meta.port}|${time}`;
}

function protocolName(protocol: MessageMeta['protocol'], webSocketName: WebSocketName): string {
  return webSocketName === 'tcp' && (protocol === 'ws' || protocol === 'wss') ? 'tcp' : protocol;
}

/**
 * A new request outside a dialog has 13 tokens, so that the client sets `receivedOn` and no session token; everything else has 11.
 * `tokens` are those of `metaTokens`.
 */
export function sipLeader(frameId: string, delivery: Delivery, tokens: string): string {
  const ids = `${frameId}|sip|${tokens}|${delivery.transactionId}|${delivery.dialogId}|`;
  return delivery.receivedOn === undefined ? ids : `${ids}${delivery.receivedOn.host}|${delivery.receivedOn.port}|`;
}

/** The leader of a `cdr:attempt`, `cdr:start` or `cdr:stop` frame. */
export function cdrLeader(frameId: string, record: CdrRecord, time: string): string {
  const detail = record.event === 'attempt' ? '' : `|${plainText(record.detail ?? '')}`;
  return `${frameId}|cdr:${record.event}|${record.source}|${time}${detail}`;
}

/** Free text for a reply: without what would end a token or a line. */
export function plainText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must go
  return text.replace(/[\u0000-\u001F\u007F|]/g, ' ').slice(0, 1024);
}
