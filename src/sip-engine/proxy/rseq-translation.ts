import { randomInt } from 'node:crypto';
import { parseRAck } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import { readNumber } from '../message/scan.ts';

/**
 * Our own numbering of the reliable provisional responses of one proxied INVITE (RFC 3262). Each branch has its own numbering; the caller sees
 * one rising sequence, and its PRACK is translated back to the number of the branch.
 */
export class RSeqTranslation<Branch> {
  #next = randomInt(1, 0x7fff_0000);
  readonly #mappings: { readonly branch: Branch; readonly targetRSeq: number; readonly upstreamRSeq: number }[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isUsed(): boolean {
    return this.#mappings.length > 0;
  }

  /** Rewrites the RSeq of a response from this branch, if it has one. A retransmission gets the same number again. */
  rewrite(response: SipMessage, branch: Branch): void {
    const theirs = readNumber(response.get('rseq') ?? '', 0xffff_ffff);
    if (theirs === undefined) return;
    let mapping = this.#mappings.find((one) => one.branch === branch && one.targetRSeq === theirs);
    if (mapping === undefined) {
      mapping = { branch, targetRSeq: theirs, upstreamRSeq: this.#next++ };
      this.#mappings.push(mapping);
      if (this.#mappings.length > this.#limit) this.#mappings.shift();
    }
    response.set('rseq', String(mapping.upstreamRSeq));
  }

  /** Rewrites the RAck of a PRACK and returns its branch; undefined when its number is not one of ours. */
  restore(prack: SipMessage): Branch | undefined {
    const rack = parseRAck(prack.get('rack') ?? '');
    const mapping = rack && this.#mappings.find((one) => one.upstreamRSeq === rack.rseq);
    if (!rack || !mapping) return undefined;
    prack.set('rack', `${mapping.targetRSeq} ${rack.cseq} ${rack.method}`);
    return mapping.branch;
  }
}
