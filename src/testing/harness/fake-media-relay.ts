import type { Anchor, AnchorRequest, MediaRelayPort, MediaOutcome, MediaRole } from '#sip/relay/media-port.ts';

/**
 * A media relay that carries nothing. Call n shows the callee port 6000n and the caller port 5000n instead of 40000, so that a test
 * sees in every session description whether it went through here, and which way.
 */
export class FakeMediaRelay implements MediaRelayPort {
  /** What was asked, such as `1 offer caller`. */
  readonly commands: string[] = [];
  readonly requests: AnchorRequest[] = [];
  readonly seen: string[] = [];
  readonly open = new Set<number>();
  /** Why offers (or answers) get no description from now on. */
  offerFailure: 'no-relay' | 'bad-sdp' | undefined;
  /** Answers wait for this. */
  answersHeldUntil: Promise<void> = Promise.resolve();
  answerFailure: 'no-relay' | 'bad-sdp' | undefined;

  anchor(request: AnchorRequest): Anchor {
    this.requests.push(request);
    const number = this.requests.length;
    this.open.add(number);
    let offerer: MediaRole = 'caller';
    let isOver = false;
    const reply = async (what: string, sdp: string, to: MediaRole): Promise<MediaOutcome> => {
      this.commands.push(`${number} ${what}`);
      const why = what === 'answer' ? this.answerFailure : this.offerFailure;
      await new Promise((resolve) => setImmediate(resolve));
      if (what === 'answer') await this.answersHeldUntil;
      if (isOver || why !== undefined) return { kind: 'refused', why: isOver ? 'over' : (why ?? 'over') };
      return { kind: 'sdp', sdp: relayedSdp(sdp, number, to) };
    };
    return {
      offer: (sdp, from) => {
        offerer = from;
        return reply(`offer ${from}`, sdp, from === 'caller' ? 'callee' : 'caller');
      },
      answer: (sdp) => reply('answer', sdp, offerer),
      delete: () => {
        isOver = true;
        this.open.delete(number);
      },
    };
  }

  learnPublicAddress(trunk: string, address: string): void {
    this.seen.push(`${trunk} ${address}`);
  }

  /** The relay dies. */
  die(): void {
    this.offerFailure = 'no-relay';
    const lost = [...this.open];
    this.open.clear();
    for (const number of lost) this.requests[number - 1]?.onLost('relay-gone');
  }

  /** It is started again. */
  revive(): void {
    this.offerFailure = undefined;
  }

  /** The ports of call `number` are given to an emergency call. */
  evict(number: number): void {
    this.requests[number - 1]?.onLost('made-room');
  }
}

/** What call `number` makes of a description on its way to one of its ends. */
export function relayedSdp(sdp: string, number: number, to: MediaRole): string {
  return sdp.replace('m=audio 40000', `m=audio ${to === 'callee' ? 60_000 + number : 50_000 + number}`);
}
