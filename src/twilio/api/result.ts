/** What came of one request to Twilio. Expected outcomes, all of them: no verb of the client throws. */
export type TwilioResult<Value> = { readonly kind: 'ok'; readonly value: Value } | TwilioFailure;

export type TwilioFailure = {
  /**
   * `limited`: 429, surely not done, may be repeated after a while. `unreachable`: nothing left the house, may be repeated.
   * `ambiguous`: the request left and nobody knows what became of it (no answer, 5xx, an answer that cannot be read).
   * `refused`: Twilio said no (4xx); repeating it is of no use.
   */
  readonly kind: 'limited' | 'unreachable' | 'ambiguous' | 'refused';
  /** Of HTTP, where there was an answer. */
  readonly status: number | undefined;
  /** Twilio's error code, such as 21610; see error-messages.ts. */
  readonly code: number | undefined;
  /** In the user's words where we know the code, else in Twilio's. */
  readonly message: string;
  /** From Retry-After, with 429 and 503. */
  readonly retryAfterSeconds: number | undefined;
};

/** Whether what was asked for is not there (404). */
export function isAbsent(result: TwilioResult<unknown>): boolean {
  return result.kind === 'refused' && result.status === 404;
}
