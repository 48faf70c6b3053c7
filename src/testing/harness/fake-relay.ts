import type { Anchor, AnchorRequest, Media, MediaOutcome, MediaRole } from '#sip/media-port.ts';

/**
 * A relay of sound that carries none. Call n shows the callee port 6000n and the caller port 5000n instead of 40000, so that a test
 * sees in every session description whether it went through here, and which way.
 */
export class FakeRelay implements Media {
  /** What was asked, such as `1 offer caller`. */
  readonly asked: string[] = [];
  readonly requests: AnchorRequest[] = [];
  readonly seen: string[] = [];
  readonly open = new Set<number>();
  /** Why offers (or answers) get no description from now on. */
  refuses: 'no-relay' | 'bad-sdp' | undefined;
  /** Answers wait for this. */
  answersAfter: Promise<void> = Promise.resolve();
  refusesAnswers: 'no-relay' | 'bad-sdp' | undefined;

  anchor(request: AnchorRequest): Anchor {
    this.requests.push(request);
    const number = this.requests.length;
    this.open.add(number);
    let offerer: MediaRole = 'caller';
    let isOver = false;
    const reply = async (what: string, sdp: string, to: MediaRole): Promise<MediaOutcome> => {
      this.asked.push(`${number} ${what}`);
      const why = what === 'answer' ? this.refusesAnswers : this.refuses;
      await new Promise((resolve) => setImmediate(resolve));
      if (what === 'answer') await this.answersAfter;
      if (isOver || why !== undefined) return { kind: 'refused', why: isOver ? 'over' : (why ?? 'over') };
      return { kind: 'sdp', sdp: shown(sdp, number, to) };
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

  seenAs(trunk: string, address: string): void {
    this.seen.push(`${trunk} ${address}`);
  }

  /** The relay dies. */
  die(): void {
    this.refuses = 'no-relay';
    const lost = [...this.open];
    this.open.clear();
    for (const number of lost) this.requests[number - 1]?.lost('relay-gone');
  }

  /** It is started again. */
  revive(): void {
    this.refuses = undefined;
  }

  /** The ports of call `number` are given to a call for help. */
  evict(number: number): void {
    this.requests[number - 1]?.lost('made-room');
  }
}

/** What call `number` makes of a description on its way to one of its ends. */
export function shown(sdp: string, number: number, to: MediaRole): string {
  return sdp.replace('m=audio 40000', `m=audio ${to === 'callee' ? 60_000 + number : 50_000 + number}`);
}
