import type { LitElement, ReactiveController, ReactiveControllerHost } from 'lit';
import { openNamed } from './dialogs/open.ts';
import { closeDetail, place } from './router.ts';

type Host = ReactiveControllerHost & { readonly openId?: string | undefined };
/** Undefined where the page shows it by itself. */
type Open = (id: string) => Promise<LitElement | undefined>;

/** Opens what the address of a page names, and takes it out of the address when it is closed. */
export class Detail implements ReactiveController {
  readonly #host: Host;
  readonly #open: Open;
  #shown: string | undefined;

  constructor(host: Host, open: Open) {
    this.#host = host;
    this.#open = open;
    host.addController(this);
  }

  hostUpdated(): void {
    const { openId } = this.#host;
    if (openId === this.#shown) return;
    this.#shown = openId;
    if (openId !== undefined) void this.#show(openId);
  }

  async #show(id: string): Promise<void> {
    const { page } = place.value;
    const dialog = await openNamed(() => this.#open(id));
    // Whoever followed a link in it is elsewhere already.
    dialog?.addEventListener('closed', () => place.value.page === page && place.value.id === id && closeDetail());
  }
}
