import type { Limits } from '../runtime/limits.ts';

/** Cuts what comes over one connection into messages, and wraps what goes out. */
export type Channel = {
  push(chunk: Buffer): void;
  /** The bytes on the wire of one whole SIP message. */
  encode(message: Buffer): Buffer;
  /** A keep-alive of ours (RFC 5626 section 3.5.1, RFC 6455 section 5.5.2). */
  keepAlive(): Buffer;
  /** A polite last word, if the protocol has one. */
  closingBytes(): Buffer | undefined;
  /** True while part of a message waits for the rest. */
  readonly hasPartial: boolean;
  /** Memory taken by that part. */
  readonly heldBytes: number;
  /** False until the handshake above TCP and TLS is done. */
  readonly isReady: boolean;
  stop(): void;
};

export type ChannelHandlers = {
  readonly onMessage: (bytes: Buffer) => void;
  /** A keep-alive or an answer to one: the peer lives. */
  readonly onAlive: () => void;
  readonly onProtocolError: (status: 400 | 413, head: Buffer) => void;
  /** Bytes of the channel itself, such as a pong. */
  readonly write: (bytes: Buffer) => void;
  /** The channel is over: send what is written, then close. */
  readonly end: (reason: string) => void;
};

export type ChannelOptions = { readonly limits: Limits; readonly webSocketOrigins?: readonly string[] | undefined };
