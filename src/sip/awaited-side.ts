import { answer } from './answer.ts';
import type { DialogOwner, SipDialog } from './dialog.ts';
import type { IncomingRequest, Responder } from './srf-types.ts';

/** The owner of a leg that has answered and waits to be joined with the other side: it may hang up meanwhile, and nothing else. */
export class AwaitedSide implements DialogOwner {
  readonly #gone: () => void;

  constructor(gone: () => void) {
    this.#gone = gone;
  }

  request(_dialog: SipDialog, { method }: IncomingRequest, response: Responder): void {
    answer(response, method === 'INVITE' || method === 'UPDATE' ? 491 : 200);
  }

  bye(_dialog: SipDialog, _request: IncomingRequest, done: () => void): void {
    done();
    this.#gone();
  }
}
