import type { Clock, Timer } from '#base/clock.ts';
import type { SipDialog } from './dialog.ts';

/** Short enough that a dead call costs little, long enough for a phone that roams between two access points. */
const probeIntervalMs = 300_000;
/** One missing response may be packet loss. */
const maxMisses = 2;
/** The phone is gone, or does not know the call: time-out, flow failed, no such dialog, no connection. */
const goneStatuses: ReadonlySet<number> = new Set([408, 430, 481, 503]);

/**
 * Checks at intervals whether a side of a call is still there (OPTIONS within the dialog, RFC 3261 section 11): a phone may vanish
 * without a BYE, and not all support session timers. Any other response counts as alive, 405 too.
 */
export class DialogKeepalive {
  readonly #dialog: SipDialog;
  readonly #onDead: () => void;
  readonly #timer: Timer;
  #misses = 0;

  constructor(clock: Clock, dialog: SipDialog, onDead: () => void) {
    this.#dialog = dialog;
    this.#onDead = onDead;
    this.#timer = clock.every(probeIntervalMs, () => this.#probe());
  }

  stop(): void {
    this.#timer.cancel();
  }

  #probe(): void {
    if (this.#dialog.isOver) {
      this.stop();
      return;
    }
    this.#dialog.whenAcknowledged(() =>
      this.#dialog.request(
        { method: 'OPTIONS' },
        {
          response: ({ status }) => {
            if (status >= 200) this.#onReply(!goneStatuses.has(status));
          },
          failed: () => this.#onReply(false),
        },
      ),
    );
  }

  #onReply(isAlive: boolean): void {
    this.#misses = isAlive ? 0 : this.#misses + 1;
    if (this.#misses < maxMisses || this.#dialog.isOver) return;
    this.stop();
    this.#onDead();
  }
}
