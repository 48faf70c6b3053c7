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

/** What an endpoint with `replyTypes` and `streamReply` answers: text or bytes made while they are sent, whose length nobody knows before. */
export type StreamReply = {
  readonly contentType: string;
  /** What a browser calls it when it saves it. */
  readonly fileName: string;
  readonly read: () => AsyncIterable<string | Uint8Array> | Iterable<string>;
};

/** What an endpoint with `upload` is given as its body. */
export type Upload = { readonly contentType: string; readonly bytes: Uint8Array };

/** What an endpoint with `upload` and `streamUpload` is given as its body: bytes that are read as they come, up to the limit of the rule. */
export type StreamUpload = {
  readonly contentType: string;
  /** As the client says; undefined where it does not. */
  readonly expectedBytes: number | undefined;
  readonly read: () => AsyncIterable<Uint8Array>;
};

export const fileReply = z.custom<FileReply>((value) => typeof value === 'object' && value !== null && 'read' in value);
export const streamReply = z.custom<StreamReply>((value) => typeof value === 'object' && value !== null && 'read' in value);
export const uploadBody = z.custom<Upload>((value) => typeof value === 'object' && value !== null && 'bytes' in value);
export const streamUpload = z.custom<StreamUpload>((value) => typeof value === 'object' && value !== null && 'read' in value);
