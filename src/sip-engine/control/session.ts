import { randomUUID } from 'node:crypto';
import type { CdrRecord, Core, Delivery, MessageMeta } from './app-link.ts';
import type { AppRoutes, RoutedApp } from './app-routes.ts';
import type { EngineClock } from '../runtime/clock.ts';
import { runMessageCommand, runProxyCommand } from './commands.ts';
import { encodeControlFrame, ControlFrameReader } from './framing.ts';
import { cdrLeader, leaderTime, metaTokens, plainText, sipLeader } from './leader.ts';
import type { WebSocketName } from './leader.ts';
import { ControlQueue } from './queue.ts';
import type { Pace } from './queue.ts';
import { ControlReply } from './reply.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import type { Limits } from '../runtime/limits.ts';
import { serializeForApp } from '../message/serialize.ts';

/** Whatever carries the bytes: a TCP or TLS socket. */
export type ControlPeer = {
  write(bytes: Buffer, written: () => void): void;
  /** Bytes accepted by `write` that the system has not taken yet. */
  readonly unwritten: () => number;
  /** Closes the connection after what was written. */
  end(): void;
  /** Closes it at once. */
  destroy(): void;
};

export type ControlSessionDeps = {
  readonly core: () => Core;
  readonly routes: AppRoutes;
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly limits: Limits;
  readonly pace: Pace;
  readonly webSocketName: WebSocketName;
  readonly preservedHeaders: ReadonlySet<string>;
  /** Constant in time, whatever the secret is. */
  readonly isSecret: (secret: string) => boolean;
  /** `hostports|version|localHostports` of a successful authentication. */
  readonly greeting: () => string;
};

const refusalDelayMs = 1000;
const maxTags = 64;

/** One connection of an application: it authenticates, sends commands, and receives replies and messages. */
export class ControlSession implements RoutedApp {
  readonly id = randomUUID();
  tags: readonly string[] = [];
  #state: 'new' | 'open' | 'refused' | 'closed' = 'new';
  readonly #peer: ControlPeer;
  readonly #deps: ControlSessionDeps;
  readonly #queue: ControlQueue;
  readonly #reader: ControlFrameReader;

  constructor(peer: ControlPeer, deps: ControlSessionDeps) {
    this.#peer = peer;
    this.#deps = deps;
    this.#queue = new ControlQueue((bytes, written) => peer.write(bytes, written), deps.pace);
    this.#reader = new ControlFrameReader(deps.limits.controlFrameBytes, {
      onFrame: (payload) => this.#onFrame(payload),
      onProtocolError: () => this.#abort('the framing was broken'),
    });
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  receive(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  /** The connection was closed, by either side. */
  closed(): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.isOpen;
    this.#state = 'closed';
    this.#reader.stop();
    this.#queue.close();
    this.#deps.routes.removeApp(this);
    if (wasOpen) this.#deps.core().appDisconnected(this);
  }

  deliver(delivery: Delivery): void {
    if (!this.isOpen) return;
    const leader = sipLeader(randomUUID(), delivery, this.tokens(delivery.meta));
    this.send(encodeControlFrame(leader, serializeForApp(delivery.message)), delivery.message.callId);
  }

  sendCdr(record: CdrRecord): void {
    const leader = cdrLeader(randomUUID(), record, leaderTime(this.#deps.clock.now()));
    this.send(encodeControlFrame(leader, serializeForApp(record.message)), record.message.callId);
  }

  /** Queues a frame; disconnects an application that does not read. */
  send(frame: Buffer, callId = '', isEcho = false): void {
    if (this.#state === 'closed') return;
    this.#queue.send(frame, callId, isEcho);
    if (this.#queue.bytes + this.#peer.unwritten() > this.#deps.limits.controlQueueBytes) this.#abort('it does not read');
  }

  tokens(meta: MessageMeta): string {
    return metaTokens(meta, leaderTime(this.#deps.clock.now()), this.#deps.webSocketName);
  }

  /** An error while reading a command: sends the reply, then closes the connection. */
  refuse(commandId: string, text: string): void {
    this.#reply(commandId, `NO|${plainText(text)}`);
    this.closed();
    this.#peer.end();
  }

  #onFrame(payload: string): void {
    const end = payload.indexOf('\r\n');
    const leader = end === -1 ? payload : payload.slice(0, end);
    const tokens = leader.split('|');
    const commandId = plainText((tokens[0] ?? '').slice(0, 128));
    const kind = tokens[1];
    if (kind === undefined || hasControlCharacter(leader)) this.refuse(commandId, 'Invalid message format');
    else if (kind === 'ping') this.#reply(commandId, 'OK|pong');
    else if (kind === 'authenticate') this.#authenticate(commandId, tokens);
    else if (!isKnown(kind)) this.refuse(commandId, 'Unknown message type');
    else if (!this.isOpen) this.refuse(commandId, 'not authenticated');
    else if (kind === 'route' || kind === 'remove_route') this.#route(commandId, tokens);
    else this.#command(commandId, tokens, end === -1 ? '' : payload.slice(end + 2));
  }

  #authenticate(commandId: string, tokens: readonly string[]): void {
    const [, , secret, tags] = tokens;
    if (secret === undefined) this.refuse(commandId, 'Invalid message format');
    else if (!this.#deps.isSecret(secret)) this.#rejectLater(commandId);
    else {
      this.#state = 'open';
      this.tags = tags === undefined || tags === '' ? [] : tags.split(',').slice(0, maxTags);
      this.#reply(commandId, `OK|${this.#deps.greeting()}`);
    }
  }

  /** drachtio-srf reconnects about every 255 ms after a refusal; the delay limits the load, and guessing. */
  #rejectLater(commandId: string): void {
    this.#state = 'refused';
    this.#reader.stop();
    this.#deps.log.warn({}, 'Application presented a wrong secret');
    this.#deps.clock.after(refusalDelayMs, () => {
      if (this.#state === 'refused') this.refuse(commandId, 'incorrect secret');
    });
  }

  #route(commandId: string, tokens: readonly string[]): void {
    const [, kind, verb] = tokens;
    if (verb === undefined || verb === '' || verb.length > 64) {
      this.refuse(commandId, 'Invalid message format');
      return;
    }
    if (kind === 'remove_route') this.#deps.routes.remove(this, verb);
    else if (!this.#deps.routes.add(this, verb)) {
      this.#reply(commandId, 'NOK|too many routes');
      return;
    }
    this.#reply(commandId, 'OK');
  }

  #command(commandId: string, tokens: readonly string[], text: string): void {
    const reply = new ControlReply(this, commandId);
    const { limits, preservedHeaders } = this.#deps;
    const command = { app: this, core: this.#deps.core(), limits, preservedHeaders, tokens, text, reply };
    const problem = tokens[1] === 'proxy' ? runProxyCommand(command) : runMessageCommand(command);
    if (problem !== undefined) this.refuse(commandId, problem);
  }

  #reply(commandId: string, outcome: string): void {
    this.send(encodeControlFrame(`${randomUUID()}|response|${commandId}|${outcome}`));
  }

  #abort(reason: string): void {
    if (this.#state === 'closed') return;
    this.#deps.log.warn({ reason }, 'Closing a control connection');
    this.closed();
    this.#peer.destroy();
  }
}

function isKnown(kind: string): boolean {
  return kind === 'sip' || kind === 'proxy' || kind === 'route' || kind === 'remove_route';
}

function hasControlCharacter(leader: string): boolean {
  for (let index = 0; index < leader.length; index += 1) {
    const code = leader.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
