// Owns the opening of one WebSocket to Core: address, token, and the guard in front of what Core says.
// Called by core-line.ts for each line, in place of the library's own, which has no time limit and throws on what is no JSON.
// Must stay true: whatever comes over the wire, nothing is thrown into the event loop; the token goes to this address alone.
import { isRecord, parseJson } from '#base/json.ts';
import type { HaWebSocket } from 'home-assistant-js-websocket';
import type { CoreAccess } from './core-connection.ts';
import { refusesToken, unreachable } from './core-error.ts';

/** Rejects with a CoreError. Aborting `signal` closes what is open. */
export function openCoreSocket({ url, token }: CoreAccess, signal: AbortSignal): Promise<HaWebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<HaWebSocket>();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/websocket`) as HaWebSocket;
  const fail = (error: Error) => {
    socket.close();
    reject(error);
  };
  const isLost = () => fail(unreachable(url));
  const authenticate = (event: MessageEvent) => {
    const message = readMessages(event.data)?.[0];
    if (message === undefined) return;
    if (message['type'] === 'auth_required') socket.send(JSON.stringify({ type: 'auth', access_token: token }));
    if (message['type'] === 'auth_invalid') fail(refusesToken(url));
    if (message['type'] !== 'auth_ok') return;
    socket.removeEventListener('message', authenticate);
    socket.removeEventListener('close', isLost);
    signal.removeEventListener('abort', isLost);
    socket.haVersion = typeof message['ha_version'] === 'string' ? message['ha_version'] : '';
    // Id 1 is free for it: the library counts on from 2.
    socket.send(JSON.stringify({ id: 1, type: 'supported_features', features: { coalesce_messages: 1 } }));
    resolve(socket);
  };
  socket.addEventListener('message', guard);
  socket.addEventListener('message', authenticate);
  socket.addEventListener('close', isLost);
  // Each error is followed by a close; without a listener of its own it would be thrown.
  socket.addEventListener('error', () => {});
  signal.addEventListener('abort', isLost, { once: true });
  return promise;
}

/** Before all other listeners: they see nothing but what they can read. */
function guard(event: MessageEvent): void {
  if (readMessages(event.data) === undefined) event.stopImmediatePropagation();
}

function readMessages(data: unknown): readonly Record<string, unknown>[] | undefined {
  if (typeof data !== 'string') return undefined;
  const parsed = parseJson(data);
  const messages: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return messages.every(isRecord) ? messages : undefined;
}
