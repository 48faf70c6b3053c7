// One WebSocket connection to the fake Core: its sign-in, its commands, its subscriptions.
// Called by fake-core.ts.
// Must stay true: what the real one refuses (an id that does not grow, a command before the sign-in) is refused.
import type { Duplex } from 'node:stream';
import { encodeWebSocketFrame, opcodes, WebSocketFrameReader } from '#sip-engine/transport/ws-frames.ts';

export type SessionMessage = { readonly id: number; readonly type: string } & Readonly<Record<string, unknown>>;
export type CoreReply = object | string | number | boolean | null;

/** What a session needs of the Core that it belongs to. */
export type SessionCore = {
  readonly tokens: ReadonlySet<string>;
  readonly states: ReadonlyMap<string, FakeState>;
  readonly commands: ReadonlyMap<string, (message: SessionMessage) => CoreReply>;
  readonly received: SessionMessage[];
  signIns: number;
};

export type FakeState = { readonly state: string; readonly attributes: Readonly<Record<string, unknown>> };

/** What a command is refused with. */
export class CoreRefusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const entityIdPattern = /^(?!.+__)(?!_)[\da-z_]+(?<!_)\.(?!_)[\da-z_]+(?<!_)$/;

export class FakeCoreSession {
  readonly #socket: Duplex;
  readonly #core: SessionCore;
  readonly #entities = new Map<number, readonly string[] | undefined>();
  readonly #events = new Map<number, string>();
  #isSignedIn = false;
  #isCoalescing = false;
  #lastId = 0;
  /** Hears nothing and says nothing from here on. */
  isMute = false;

  constructor(socket: Duplex, core: SessionCore) {
    this.#socket = socket;
    this.#core = core;
    const reader = new WebSocketFrameReader(4_000_000, {
      onMessage: (bytes) => this.#heard(JSON.parse(bytes.toString('utf8')) as SessionMessage),
      onPing: (payload) => this.#frame(opcodes.pong, payload),
      onPong: () => {},
      onClose: () => socket.end(encodeWebSocketFrame(opcodes.close, Buffer.from([3, 232]))),
      onProtocolError: () => socket.destroy(),
    });
    socket.on('data', (chunk: Buffer) => {
      if (!this.isMute) reader.push(chunk);
    });
    this.#say([{ type: 'auth_required', ha_version: '2026.11.0' }]);
  }

  get subscriptions(): number {
    return this.#entities.size;
  }

  /** Whatever it is, over the wire. */
  sayRaw(text: string): void {
    this.#frame(opcodes.text, Buffer.from(text));
  }

  /** To each subscription of entities that has it. */
  stateChanged(entityId: string): void {
    for (const [id, wanted] of this.#entities) {
      if (wanted !== undefined && !wanted.includes(entityId)) continue;
      const now = this.#core.states.get(entityId);
      const change = { [entityId]: { '+': { s: now?.state, a: now?.attributes, lc: 1 } } };
      this.#say([{ id, type: 'event', event: now === undefined ? { r: [entityId] } : { c: change } }]);
    }
  }

  /** An event of Home Assistant's bus, to each subscription of its type. */
  fired(type: string, data: object): void {
    for (const [id, wanted] of this.#events) {
      if (wanted === type) this.#say([{ id, type: 'event', event: { event_type: type, data, origin: 'REMOTE', context: {} } }]);
    }
  }

  #heard(message: SessionMessage): void {
    if (this.isMute) return;
    if (!this.#isSignedIn) return this.#signIn(message);
    if (!(message.id > this.#lastId)) {
      this.#refuse(message.id, new CoreRefusal('id_reuse', 'Identifier values have to increase.'));
      return;
    }
    this.#lastId = message.id;
    this.#core.received.push(message);
    if (message.type === 'ping') return this.#say([{ id: message.id, type: 'pong' }]);
    this.#run(message);
  }

  #signIn(message: SessionMessage): void {
    const { access_token: token } = message;
    if (message.type === 'auth' && typeof token === 'string' && this.#core.tokens.has(token)) {
      this.#isSignedIn = true;
      this.#core.signIns += 1;
      this.#say([{ type: 'auth_ok', ha_version: '2026.11.0' }]);
      return;
    }
    this.#say([{ type: 'auth_invalid', message: 'Invalid access token or password' }]);
    this.#socket.end();
  }

  #run(message: SessionMessage): void {
    try {
      const { result, events } = this.#reply(message);
      // What it says in one turn comes in one message, where the client can read that.
      this.#say([{ id: message.id, type: 'result', success: true, result }, ...events]);
    } catch (error) {
      const refusal = error instanceof CoreRefusal ? error : new CoreRefusal('unknown_error', String(error));
      this.#refuse(message.id, refusal);
    }
  }

  #reply(message: SessionMessage): { readonly result: CoreReply; readonly events: readonly object[] } {
    const { id, type } = message;
    switch (type) {
      case 'supported_features':
        this.#isCoalescing = (message['features'] as Record<string, number>)['coalesce_messages'] === 1;
        return { result: null, events: [] };
      case 'subscribe_entities':
        return { result: null, events: [this.#subscribe(id, message['entity_ids'] as readonly string[] | undefined)] };
      case 'subscribe_events':
        this.#events.set(id, String(message['event_type']));
        return { result: null, events: [] };
      case 'unsubscribe_events':
        if (!this.#entities.delete(Number(message['subscription'])) && !this.#events.delete(Number(message['subscription'])))
          throw new CoreRefusal('not_found', 'Subscription not found.');
        return { result: null, events: [] };
      default: {
        const command = this.#core.commands.get(type);
        if (command === undefined) throw new CoreRefusal('unknown_command', 'Unknown command.');
        return { result: command(message), events: [] };
      }
    }
  }

  #subscribe(id: number, wanted: readonly string[] | undefined): object {
    const wrong = wanted?.find((one) => !entityIdPattern.test(one));
    if (wrong !== undefined)
      throw new CoreRefusal('invalid_format', `Entity ID ${wrong} is an invalid entity ID at 'entity_ids'`);
    this.#entities.set(id, wanted);
    const known = [...this.#core.states].filter(([entityId]) => wanted === undefined || wanted.includes(entityId));
    const added = known.map(([entityId, { state, attributes }]) => [entityId, { s: state, a: attributes, c: 'c', lc: 1, lu: 1 }]);
    return { id, type: 'event', event: { a: Object.fromEntries(added) } };
  }

  #refuse(id: number, { code, message }: CoreRefusal): void {
    this.#say([{ id, type: 'result', success: false, error: { code, message } }]);
  }

  #say(messages: readonly object[]): void {
    if (this.#isCoalescing && messages.length > 1) return this.#frame(opcodes.text, Buffer.from(JSON.stringify(messages)));
    for (const message of messages) this.#frame(opcodes.text, Buffer.from(JSON.stringify(message)));
  }

  #frame(opcode: number, payload: Buffer): void {
    if (!this.isMute && this.#socket.writable) this.#socket.write(encodeWebSocketFrame(opcode, payload));
  }
}
