type Held = { readonly sequence: number; readonly samples: Int16Array };

// Two packets are held back against jitter; a second of audio is the most.
const targetDepth = 2;
const maxDepth = 50;

/** Puts packets in order and gives them out in even pieces. */
export class JitterBuffer {
  #held: Held[] = [];
  #rest = new Int16Array(0);
  #isFlowing = false;
  #first: number | undefined;
  #highest = 0;
  #received = 0;
  #duplicated = 0;

  get counts(): { received: number; lost: number; duplicated: number } {
    const expected = this.#first === undefined ? 0 : this.#highest - this.#first + 1;
    const received = this.#received;
    return { received, duplicated: this.#duplicated, lost: Math.max(0, expected - (received - this.#duplicated)) };
  }

  /** `sequence` is the 16-bit number of the packet. */
  add(sequence16: number, samples: Int16Array): void {
    const sequence = this.#extended(sequence16);
    this.#received += 1;
    let place = this.#held.length;
    while (place > 0 && (this.#held[place - 1]?.sequence ?? 0) > sequence) place -= 1;
    if (this.#held[place - 1]?.sequence === sequence) {
      this.#duplicated += 1;
      return;
    }
    this.#held.splice(place, 0, { sequence, samples });
    if (this.#held.length > maxDepth) this.#held.shift();
  }

  pull(count: number): Int16Array | undefined {
    if (!this.#isFlowing && this.#held.length < targetDepth) return undefined;
    this.#isFlowing = true;
    while (this.#rest.length < count) {
      const next = this.#held.shift();
      if (next === undefined) {
        this.#isFlowing = false;
        return undefined;
      }
      const longer = new Int16Array(this.#rest.length + next.samples.length);
      longer.set(this.#rest);
      longer.set(next.samples, this.#rest.length);
      this.#rest = longer;
    }
    const frame = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    return frame;
  }

  #extended(sequence16: number): number {
    if (this.#first === undefined) {
      this.#first = sequence16;
      this.#highest = sequence16;
      return sequence16;
    }
    const ahead = (sequence16 - this.#highest) & 0xffff;
    const sequence = ahead < 32_768 ? this.#highest + ahead : this.#highest + ahead - 65_536;
    this.#highest = Math.max(this.#highest, sequence);
    return sequence;
  }
}
