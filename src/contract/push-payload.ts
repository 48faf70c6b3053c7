// Owns what a browser is told by Web Push: what its service worker shows, and what its buttons lead to.
// Called by notify, which sends it, and by the service worker of the panel (panel/src/worker).
// Must stay true: a worker that is older than the house understands it, so a field is added and never changes what it means.

export type PushPayload = {
  readonly title: string;
  readonly body: string;
  /** What is shown under it already is replaced. */
  readonly tag: string;
  /** Below the panel's base. */
  readonly path: string;
  /** The same in Home Assistant, such as `/app/<slug>/calls/…`; null for a browser that does not come through it. */
  readonly page: string | null;
  readonly isSilent: boolean;
  /** Whether it is heard again where it replaces what is still shown. */
  readonly alertsAgain: boolean;
  /** What was shown under the tag is over: it goes away. */
  readonly isOver: boolean;
  /** `action`: the token that `POST /notifications/actions` takes. */
  readonly actions: readonly { readonly action: string; readonly title: string }[];
};
