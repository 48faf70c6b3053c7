import { randomInt } from 'node:crypto';
import { parseRAck } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import { readNumber } from '../message/scan.ts';

/**
 * Our own numbering of the reliable provisional responses of one proxied INVITE (RFC 3262). Each branch counts by itself; the caller sees one
 * row of rising numbers, and its PRACK is turned back into the number of the branch.
 */
export class ReliableNumbers<Branch> {
  #next = randomInt(1, 0x7fff_0000);
  readonly #rows: { readonly branch: Branch; readonly theirs: number; readonly ours: number }[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get isUsed(): boolean {
    return this.#rows.length > 0;
  }

  /** Rewrites RSeq of a response from this branch, if it has one. A retransmission gets the number it had. */
  rewrite(response: SipMessage, branch: Branch): void {
    const theirs = readNumber(response.get('rseq') ?? '', 0xffff_ffff);
    if (theirs === undefined) return;
    let row = this.#rows.find((one) => one.branch === branch && one.theirs === theirs);
    if (row === undefined) {
      row = { branch, theirs, ours: this.#next++ };
      this.#rows.push(row);
      if (this.#rows.length > this.#most) this.#rows.shift();
    }
    response.set('rseq', String(row.ours));
  }

  /** Rewrites RAck of a PRACK and names its branch; undefined when its number is none of ours. */
  restore(prack: SipMessage): Branch | undefined {
    const rack = parseRAck(prack.get('rack') ?? '');
    const row = rack && this.#rows.find((one) => one.ours === rack.rseq);
    if (!rack || !row) return undefined;
    prack.set('rack', `${row.theirs} ${rack.cseq} ${rack.method}`);
    return row.branch;
  }
}
