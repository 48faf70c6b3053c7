// Owns what the house may ask of Home Assistant's Core, and how a refusal looks.
// Used by every room and edge that speaks with Core; core-line.ts is the real one, testing has a fake.
// Must stay true: a command rejects with a CoreError and nothing else, and within its limit.
import { AppError } from '#base/errors.ts';
import type { Because } from '#base/errors.ts';

/** Core's base address without a slash at the end, such as `http://supervisor/core`, and the token it lets us in by. */
export type CoreAccess = { readonly url: string; readonly token: string };

export type CoreErrorCode = 'unavailable' | 'forbidden' | 'invalid' | 'not-found';

type CoreErrorFacts = { readonly cause?: unknown; readonly reason?: string; readonly because?: Because };

/** Core is away, refuses us, or refuses the command; the message is for the person who runs the house. */
export class CoreError extends AppError {
  declare readonly code: CoreErrorCode;
  /** Core's own word for it, such as `already_exists`; `undefined` where Core did not answer. */
  readonly reason: string | undefined;

  constructor(code: CoreErrorCode, message: string, facts: CoreErrorFacts = {}) {
    super(code, message, facts);
    this.reason = facts.reason;
  }
}

/** A command of Core's WebSocket API, without its id. */
export type CoreMessage = { readonly type: string } & Readonly<Record<string, unknown>>;

export type CoreConnection = AsyncDisposable & {
  readonly isConnected: boolean;
  /** Resolves with Core's `result`, whose shape the caller checks. Rejects with a CoreError within `limitMs` (10 s). */
  command<Reply>(message: CoreMessage, limitMs?: number): Promise<Reply>;
  /** Begun again by itself after each reconnect. A listener that throws is logged. Returns the function that ends it. */
  subscribe<Message>(message: CoreMessage, listener: (message: Message) => void): () => void;
  /** Called after each connect and reconnect, and soon where the connection is up already. Returns the function that ends it. */
  onConnected(listener: () => void): () => void;
};
