// Owns what is on the screen of a browser for the panel.
// Called by sw.ts.
// Must stay true: one after the other. Chromium forgets a notification that begins to be shown while others are looked for: it stays on the
// screen, nothing closes it, and a press on it does nothing (findings/chromium-notification-lost-while-listed.sh).
export class Notices {
  readonly #registration: Pick<ServiceWorkerRegistration, 'showNotification' | 'getNotifications'>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(registration: Pick<ServiceWorkerRegistration, 'showNotification' | 'getNotifications'>) {
    this.#registration = registration;
  }

  /** Rejects where nothing may be shown any more. */
  show(title: string, options: NotificationOptions): Promise<void> {
    return this.#inTurn(() => this.#registration.showNotification(title, options));
  }

  close(tag: string): Promise<void> {
    return this.#inTurn(async () => {
      for (const one of await this.#registration.getNotifications({ tag })) one.close();
    });
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
