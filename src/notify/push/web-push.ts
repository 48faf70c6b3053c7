// Owns how a notification reaches a browser: encrypted for it, through the push service of whoever made it.
// Called by app/notifications.ts, which makes it one of the channels.
// Must stay true: an endpoint is in nothing that is kept or shown, and never in the own network, since people give it to us.
import type { DeliveryReason, NotificationAction } from '#contract/notification-kinds.ts';
import type { PushPayload } from '#contract/push-payload.ts';
import type { Fence } from '../fence/fence.ts';
import { fencedFetch } from '../fence/fenced-fetch.ts';
import { outcomeOf } from '../fence/status-outcome.ts';
import type { Attempt, Channel, CheckResult, Delivery, Outcome, ReadChannel } from '../kinds/channel.ts';
import { actionLabel } from '../words/action-label.ts';
import { cutGraphemes } from '../words/plain-text.ts';
import type { Rendered } from '../words/render.ts';
import type { PushKeys, Subscription } from './web-push-request.ts';
import { pushRequest, subscriptionOf } from './web-push-request.ts';

export type WebPushDeps = {
  readonly read: ReadChannel;
  readonly fence: Fence;
  readonly render: (told: Delivery['told'], language: Delivery['language']) => Pick<Rendered, 'short'>;
  /** Below Home Assistant's address, for a browser that came through it; undefined where that is not known. */
  readonly linkTo: (path: string) => string | undefined;
  readonly tokenOf: (delivery: Delivery, action: NotificationAction) => string;
  /** By which the push service reaches who runs this house: `mailto:` or `https:`. */
  readonly subject: () => string;
  /** In place of every push service: where it answers. For tests, whose push service is in the own network. */
  readonly standIn?: string | undefined;
};

/** A push service takes 4,096 bytes of what is encrypted (RFC 8030 section 7.2). */
const maxPayloadBytes = 3000;
/** Graphemes, of which some are long. */
const maxBody = 240;

export class WebPush implements Channel {
  readonly id = 'web-push';
  readonly #deps: WebPushDeps;

  constructor(deps: WebPushDeps) {
    this.#deps = deps;
  }

  problem(): DeliveryReason | undefined {
    const saved = this.#deps.read();
    if (saved?.isEnabled === false) return 'switched-off';
    return saved?.secrets === 'locked' ? 'secret-locked' : undefined;
  }

  async deliver(delivery: Delivery, { signal, commit }: Attempt): Promise<Outcome> {
    const { fence, standIn } = this.#deps;
    const { secret } = delivery.target;
    const keys = pushKeysOf(this.#deps.read);
    const subscription = secret === undefined ? undefined : subscriptionOf(secret);
    if (keys === undefined || subscription === undefined)
      return { kind: 'permanent', reason: 'secret-locked', detail: 'The house’s key does not open what is needed for it' };
    const made = requestFor(delivery, subscription, { ...this.#deps, keys });
    if (made === undefined)
      return { kind: 'permanent', reason: 'target-gone', detail: 'The browser gave a key that is none', isTargetGone: true };
    const { host, origin, pathname, search } = new URL(subscription.endpoint);
    const place =
      standIn === undefined ? { allowsOwnNetwork: false } : { url: standIn + pathname + search, allowsOwnNetwork: true };
    const result = await fencedFetch({ ...made, method: 'POST', ...place }, { ...fence, signal, commit });
    const outcome = outcomeOf(result, `POST ${origin}/…`, fence.clock.now());
    const isGone = outcome.kind === 'permanent' && outcome.reason === 'target-gone';
    return withoutSecrets(isGone ? { ...outcome, isTargetGone: true } : outcome, subscription, host);
  }

  /** There is nothing to set up, and only a browser can be asked. */
  check(): Promise<CheckResult> {
    return Promise.resolve({ steps: [] });
  }
}

/** Undefined before the first browser asked for them, and where the house's key does not open them. */
export function pushKeysOf(read: ReadChannel): PushKeys | undefined {
  const saved = read();
  const publicKey = saved?.settings['publicKey'];
  const privateKey = saved === undefined || saved.secrets === 'locked' ? undefined : saved.secrets['privateKey'];
  return typeof publicKey === 'string' && privateKey !== undefined ? { publicKey, privateKey } : undefined;
}

const urgencies = { low: 'low', normal: 'normal', high: 'high' } as const;

function requestFor(delivery: Delivery, subscription: Subscription, deps: WebPushDeps & { readonly keys: PushKeys }) {
  const { keys, subject, fence } = deps;
  const { ttlSeconds, priority, tag } = delivery;
  const message = { payload: payloadOf(delivery, deps), ttlSeconds, urgency: urgencies[priority], tag };
  try {
    return pushRequest(subscription, message, { ...keys, subject: subject(), now: fence.clock.now() });
  } catch {
    return undefined;
  }
}

/** JSON of a PushPayload; of words that are too many the end is left out. */
export function payloadOf(delivery: Delivery, deps: Pick<WebPushDeps, 'render' | 'linkTo' | 'tokenOf'>): string {
  const { told, language, tag, actions, isSilent, target } = delivery;
  const { title, body } = deps.render(told, language).short;
  const { path } = told[0].link;
  const payload: PushPayload = {
    title,
    body,
    tag,
    path,
    page: target.settings['via'] === 'ingress' ? (deps.linkTo(path) ?? null) : null,
    isSilent,
    alertsAgain: told[0].kind === 'test',
    isOver: told.every(({ kind }) => kind === 'call-over'),
    actions: actions.map((action) => ({ action: deps.tokenOf(delivery, action), title: actionLabel(action, language) })),
  };
  let text = JSON.stringify(payload);
  for (let length = maxBody; Buffer.byteLength(text) > maxPayloadBytes && length > 0; length -= 20) {
    text = JSON.stringify({ ...payload, body: cutGraphemes(body, length) });
  }
  return text;
}

/** Push services name the browser in what they answer. */
function withoutSecrets(outcome: Outcome, { endpoint, p256dh, auth }: Subscription, host: string): Outcome {
  if (outcome.reply === undefined) return outcome;
  const parts = endpoint.slice(endpoint.indexOf(host) + host.length).split('/');
  const secrets = [endpoint, ...parts, p256dh, auth].filter((one) => one.length >= 8);
  const reply = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), outcome.reply.reply);
  return { ...outcome, reply: { ...outcome.reply, reply } };
}
