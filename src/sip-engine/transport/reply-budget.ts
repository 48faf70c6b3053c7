import { wireSize } from '../message/serialize.ts';
import type { SipMessage } from '../message/message.ts';
import type { Flow } from './transport.ts';

/** Whoever writes a forged source sends us at least half of what we send to it. */
const factor = 2;

/** How many bytes we answer a request over UDP with, as long as nobody has accepted it: its source may be forged. */
export class ReplyBudget {
  readonly #isLimited: boolean;
  #left: number;

  constructor(request: SipMessage, { protocol }: Pick<Flow, 'protocol'>) {
    this.#isLimited = protocol === 'udp';
    this.#left = allowance(request);
  }

  /** The request came once more. */
  retransmitted(request: SipMessage): void {
    this.#left += allowance(request);
  }

  has(bytes: number): boolean {
    return !this.#isLimited || bytes <= this.#left;
  }

  /** False, and nothing is spent, where there is not that much left. */
  spend(bytes: number): boolean {
    if (!this.has(bytes)) return false;
    this.#left -= bytes;
    return true;
  }
}

function allowance(request: SipMessage): number {
  return factor * (request.receivedBytes || wireSize(request));
}
