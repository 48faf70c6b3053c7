import type { Limits } from '../runtime/limits.ts';

/** Splits the bytes of one connection into messages, and wraps outgoing ones. */
export type Channel = {
  push(chunk: Buffer): void;
  /** The bytes on the wire of one whole SIP message. */
  encode(message: Buffer): Buffer;
  /** A keep-alive of ours (RFC 5626 section 3.5.1, RFC 6455 section 5.5.2). */
  keepAlive(): Buffer;
  /** The protocol's closing message, if it has one. */
  closingBytes(): Buffer | undefined;
  /** True while part of a message waits for the rest. */
  readonly hasPartial: boolean;
  /** Memory held by that part. */
  readonly heldBytes: number;
  /** False until the handshake above TCP and TLS is done. */
  readonly isReady: boolean;
  stop(): void;
};

export type ChannelHandlers = {
  readonly onMessage: (bytes: Buffer) => void;
  /** A keep-alive or the answer to one: the peer is alive. */
  readonly onAlive: () => void;
  readonly onProtocolError: (status: 400 | 413, head: Buffer) => void;
  /** Bytes of the channel itself, such as a pong. */
  readonly write: (bytes: Buffer) => void;
  /** The channel has ended: flush what is written, then close. */
  readonly end: (reason: string) => void;
};

export type ChannelOptions = { readonly limits: Limits; readonly webSocketOrigins?: readonly string[] | undefined };
