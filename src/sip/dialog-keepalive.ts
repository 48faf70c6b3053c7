import type { Clock, Timer } from '#base/clock.ts';
import type { SipDialog } from './dialog.ts';

/** Often enough that a call nobody is in costs little, and seldom enough for a phone that is between two access points. */
const probeIntervalMs = 300_000;
/** No answer once may be a lost packet. */
const maxMisses = 2;
/** What says that nobody is there, or that who is there knows of no call: time-out, no such dialog, no way, no connection. */
const goneStatuses: ReadonlySet<number> = new Set([408, 430, 481, 503]);

/**
 * Asks a side of a call now and then whether it is still there (OPTIONS within the dialog, RFC 3261 section 11), since a phone may
 * vanish without a word, and not every one keeps a session timer. Any answer is one: 405 too.
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
