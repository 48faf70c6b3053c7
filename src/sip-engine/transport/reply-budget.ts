import { wireSize } from '../message/serialize.ts';
import type { SipMessage } from '../message/message.ts';
import type { Flow } from './transport.ts';

/** A sender with a forged source must send us at least half of what we send to that address. */
const factor = 2;

/** How many bytes we may send in response to a request over UDP until an application accepts it: its source may be forged. */
export class ReplyBudget {
  readonly #isLimited: boolean;
  #left: number;

  constructor(request: SipMessage, { protocol }: Pick<Flow, 'protocol'>) {
    this.#isLimited = protocol === 'udp';
    this.#left = allowance(request);
  }

  /** The request was retransmitted. */
  retransmitted(request: SipMessage): void {
    this.#left += allowance(request);
  }

  has(bytes: number): boolean {
    return !this.#isLimited || bytes <= this.#left;
  }

  /** False, without spending anything, where less is left. */
  spend(bytes: number): boolean {
    if (!this.has(bytes)) return false;
    this.#left -= bytes;
    return true;
  }
}

function allowance(request: SipMessage): number {
  return factor * (request.receivedBytes || wireSize(request));
}
