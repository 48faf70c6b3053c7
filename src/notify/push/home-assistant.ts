// Owns how a notification reaches a person's phone through Home Assistant: its app, or one of its notify entities.
// Called by app/push-channels.ts, which makes it one of the channels.
// Must stay true: "delivered" means that Home Assistant accepted it, and that is what is said.
import type { DeliveryReason, NotificationAction } from '#contract/notification-kinds.ts';
import type { Attempt, Channel, CheckResult, Delivery, Outcome, ReadChannel } from '../kinds/channel.ts';
import type { Told } from '../kinds/content.ts';
import { actionLabel } from '../words/action-label.ts';
import type { Rendered } from '../words/render.ts';

/** What is shown on a phone; home-assistant's own PhoneMessage. */
type Shown = {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly link: string | undefined;
  readonly loudness: 'urgent' | 'normal' | 'quiet';
  readonly alertsAgain: boolean;
  readonly shownSeconds: number | undefined;
  readonly buttons: readonly { readonly action: string; readonly label: string }[];
};

type Pushed =
  | { readonly kind: 'accepted'; readonly note?: string }
  | { readonly kind: 'gone' | 'away' | 'forbidden' | 'refused'; readonly message: string };

/** Home Assistant's phones, as far as they are told. None of it rejects. */
export type Phones = {
  readonly isConnected: boolean;
  show(target: string, message: Shown, sending: () => void): Promise<Pushed>;
  clear(target: string, tag: string, sending: () => void): Promise<Pushed>;
};

export type HomeAssistantPushDeps = {
  readonly read: ReadChannel;
  /** Undefined where the house has no Home Assistant. */
  readonly phones: Phones | undefined;
  readonly render: (told: Delivery['told'], language: Delivery['language']) => Pick<Rendered, 'short'>;
  /** Of a path of the panel, for whoever is in Home Assistant. */
  readonly linkTo: (path: string) => string | undefined;
  /** By what a button is known when it is pressed. */
  readonly tokenOf: (delivery: Delivery, action: NotificationAction) => string;
};

/** A phone that missed that a call is over shows it no longer than this. */
const ringingSeconds = 90;

export class HomeAssistantPush implements Channel {
  readonly id = 'home-assistant';
  readonly #deps: HomeAssistantPushDeps;

  constructor(deps: HomeAssistantPushDeps) {
    this.#deps = deps;
  }

  problem(): DeliveryReason | undefined {
    if (this.#deps.phones === undefined) return 'not-set-up';
    return this.#deps.read()?.isEnabled === false ? 'switched-off' : undefined;
  }

  async deliver(delivery: Delivery, { commit }: Attempt): Promise<Outcome> {
    const { phones } = this.#deps;
    if (phones === undefined) return { kind: 'permanent', reason: 'not-set-up', detail: 'There is no Home Assistant' };
    const { target, tag, told } = delivery;
    const isOver = told.every(({ kind }) => kind === 'call-over');
    const pushed = isOver
      ? await phones.clear(target.address, tag, commit)
      : await phones.show(target.address, shownOf(delivery, this.#deps), commit);
    return outcomeOf(pushed);
  }

  check(): Promise<CheckResult> {
    const { phones } = this.#deps;
    const isThere = phones?.isConnected === true;
    const detail = isThere ? 'Home Assistant is connected' : 'Home Assistant is not connected';
    const reason: DeliveryReason = phones === undefined ? 'not-set-up' : 'unreachable';
    return Promise.resolve({
      steps: [{ step: 'connect', detail, ...(isThere ? { outcome: 'ok' } : { outcome: 'failed', reason }) }],
    });
  }
}

/** What is shown of a delivery. */
export function shownOf(delivery: Delivery, deps: Pick<HomeAssistantPushDeps, 'render' | 'linkTo' | 'tokenOf'>): Shown {
  const { told, language, tag, actions, isSilent, priority } = delivery;
  const { title, body } = deps.render(told, language).short;
  const kinds = new Set(told.map(({ kind }) => kind));
  return {
    title,
    body,
    tag,
    link: linkOf(told[0], deps.linkTo),
    loudness: isSilent || priority === 'low' ? 'quiet' : priority === 'high' ? 'urgent' : 'normal',
    alertsAgain: kinds.has('test'),
    shownSeconds: kinds.has('incoming-call') ? ringingSeconds : undefined,
    buttons: actions.map((action) => ({ action: deps.tokenOf(delivery, action), label: actionLabel(action, language) })),
  };
}

function linkOf({ link }: Told, linkTo: (path: string) => string | undefined): string | undefined {
  return linkTo(link.path) ?? link.url;
}

/** A repeat does no harm: it replaces what is shown under its tag. */
function outcomeOf(pushed: Pushed): Outcome {
  switch (pushed.kind) {
    case 'accepted':
      return { kind: 'delivered', note: pushed.note ?? 'Home Assistant took it; it does not say whether the phone got it' };
    case 'away':
      return { kind: 'temporary', reason: 'unreachable', detail: pushed.message };
    case 'gone':
      return { kind: 'permanent', reason: 'target-gone', detail: pushed.message, isTargetGone: true };
    case 'forbidden':
      return { kind: 'temporary', reason: 'refused-login', detail: pushed.message };
    case 'refused':
      return { kind: 'permanent', reason: 'refused-content', detail: pushed.message };
  }
}
