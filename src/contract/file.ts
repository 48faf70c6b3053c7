import { z } from 'zod';

/** The first and the last byte, both included. */
export type ByteRange = { readonly first: number; readonly last: number };

/** What an endpoint with `replyTypes` answers: bytes that can be asked for in parts. */
export type FileReply = {
  readonly contentType: string;
  readonly bytes: number;
  /** Stays the same for as long as the bytes do; letters, digits, `-` and `_`. */
  readonly etag: string;
  /** What a browser calls it when it saves it. */
  readonly fileName: string;
  /** Only what a browser plays or shows without running anything in it may be `inline`. */
  readonly disposition: 'inline' | 'attachment';
  readonly read: (range: ByteRange) => AsyncIterable<Uint8Array>;
};

/** What an endpoint with `replyTypes` and `streamReply` answers: text made while it is sent, whose length nobody knows before. */
export type StreamReply = {
  readonly contentType: string;
  /** What a browser calls it when it saves it. */
  readonly fileName: string;
  readonly read: () => AsyncIterable<string> | Iterable<string>;
};

/** What an endpoint with `upload` is given as its body. */
export type Upload = { readonly contentType: string; readonly bytes: Uint8Array };

export const fileReply = z.custom<FileReply>((value) => typeof value === 'object' && value !== null && 'read' in value);
export const streamReply = z.custom<StreamReply>((value) => typeof value === 'object' && value !== null && 'read' in value);
export const uploadBody = z.custom<Upload>((value) => typeof value === 'object' && value !== null && 'bytes' in value);
