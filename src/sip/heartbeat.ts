import type { Clock, Timer } from '#base/clock.ts';
import type { SipDialog } from './dialog.ts';

/** Often enough that a call nobody is in costs little, and seldom enough for a phone that is between two access points. */
const askMs = 300_000;
/** No answer once may be a lost packet. */
const mostMisses = 2;
/** What says that nobody is there, or that who is there knows of no call: time-out, no such dialog, no way, no connection. */
const deadStatuses: ReadonlySet<number> = new Set([408, 430, 481, 503]);

/**
 * Asks a side of a call now and then whether it is still there (OPTIONS within the dialog, RFC 3261 section 11), since a phone may
 * vanish without a word, and not every one keeps a session timer. Any answer is one: 405 too.
 */
export class Heartbeat {
  readonly #dialog: SipDialog;
  readonly #dead: () => void;
  readonly #timer: Timer;
  #misses = 0;

  constructor(clock: Clock, dialog: SipDialog, dead: () => void) {
    this.#dialog = dialog;
    this.#dead = dead;
    this.#timer = clock.every(askMs, () => this.#ask());
  }

  stop(): void {
    this.#timer.cancel();
  }

  #ask(): void {
    if (this.#dialog.isOver) {
      this.stop();
      return;
    }
    this.#dialog.whenAcknowledged(() =>
      this.#dialog.request(
        { method: 'OPTIONS' },
        {
          response: ({ status }) => {
            if (status >= 200) this.#heard(!deadStatuses.has(status));
          },
          failed: () => this.#heard(false),
        },
      ),
    );
  }

  #heard(isAlive: boolean): void {
    this.#misses = isAlive ? 0 : this.#misses + 1;
    if (this.#misses < mostMisses || this.#dialog.isOver) return;
    this.stop();
    this.#dead();
  }
}
