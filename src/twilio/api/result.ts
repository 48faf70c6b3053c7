/** The result of one request to Twilio. All outcomes are expected: no method of the client throws. */
export type TwilioResult<Value> = { readonly kind: 'ok'; readonly value: Value } | TwilioFailure;

export type TwilioFailure = {
  /**
   * `limited`: 429, not done, may be repeated later. `unreachable`: nothing was sent, may be repeated.
   * `ambiguous`: the request was sent and its outcome is unknown (no response, 5xx, or one that cannot be parsed).
   * `refused`: Twilio refused it (4xx); repeating it is pointless.
   */
  readonly kind: 'limited' | 'unreachable' | 'ambiguous' | 'refused';
  /** The HTTP status, where there was a response. */
  readonly status: number | undefined;
  /** Twilio's error code, such as 21610; see error-messages.ts. */
  readonly code: number | undefined;
  /** Our explanation of a known code, else Twilio's own message. */
  readonly message: string;
  /** From Retry-After, with 429 and 503. */
  readonly retryAfterSeconds: number | undefined;
};

/** Whether the resource does not exist (404). */
export function isAbsent(result: TwilioResult<unknown>): boolean {
  return result.kind === 'refused' && result.status === 404;
}
