/** A request to the public listener. Nothing of it has been verified. */
export type PublicRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Path and query exactly as received, never decoded, such as `/api/webhooks/sms/inbound?a=b%20c`. */
  readonly target: string;
  /** The path inside `/api/webhooks/`, such as `sms/inbound`. */
  readonly path: string;
  /** Names in lower case; of a repeated header, the first. */
  readonly headers: ReadonlyMap<string, string>;
  /** Every pair of a form body in its order, duplicates and empty values kept; none where there was no body. */
  readonly form: readonly (readonly [name: string, value: string])[];
  /** The address of the connection, which may be a proxy's. */
  readonly source: string;
};

export type PublicReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The sender authenticated, so its address is trusted. */
  readonly isTrusted: boolean;
};

/** Answers everything under `/api/webhooks/`; never throws. */
export type PublicHandler = (request: PublicRequest) => PublicReply | Promise<PublicReply>;
