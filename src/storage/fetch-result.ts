/** A failure that may pass. `retryAfterSeconds` where the other side says when to come back. */
export type RetryLater = { readonly kind: 'later'; readonly message: string; readonly retryAfterSeconds?: number | undefined };

/** What came of fetching a file from a service outside. `not-yet`: it is not there, which may change. `gone`: it will never be there. */
export type FetchResult =
  | {
      readonly kind: 'ok';
      /** As announced by Content-Length. */
      readonly bytes: number | undefined;
      /** Throws where the connection breaks before the end. */
      readonly chunks: AsyncIterable<Uint8Array>;
    }
  | { readonly kind: 'not-yet'; readonly message: string }
  | { readonly kind: 'gone'; readonly message: string }
  | RetryLater;
