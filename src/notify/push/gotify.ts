// Owns how a notification reaches a person through their Gotify server.
// Called by app/notifications.ts, which makes it one of the channels.
// Must stay true: the application's token goes in a header alone, where no server writes it into its log.
import type { FieldProblem } from '#base/errors.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import { gotifySettings } from '#contract/notification-channels.ts';
import { belowServer } from '../fence/destination-url.ts';
import type { FencedReply } from '../fence/fenced-request.ts';
import type { Attempt, Channel, CheckResult, Delivery, Outcome, SavedChannel, UnsavedChannel } from '../kinds/channel.ts';
import { savedProblem, sendPush, textOf } from './push-service.ts';
import type { PushDeps, RenderShort } from './push-service.ts';
import { checkServer, wrongServer } from './server-check.ts';

export class Gotify implements Channel {
  readonly id = 'gotify';
  readonly #deps: PushDeps;

  constructor(deps: PushDeps) {
    this.#deps = deps;
  }

  problem(): DeliveryReason | undefined {
    return savedProblem(this.#deps.read());
  }

  wrongSettings(settings: SavedChannel['settings']): readonly FieldProblem[] {
    return wrongServer(gotifySettings.parse(settings));
  }

  async deliver(delivery: Delivery, attempt: Attempt): Promise<Outcome> {
    const { read, fence, render } = this.#deps;
    const { secret } = delivery.target;
    const saved = read();
    const problem = savedProblem(saved);
    if (problem !== undefined || secret === undefined || saved === undefined)
      return { kind: 'permanent', reason: problem ?? 'secret-locked', detail: 'It is not set up' };
    const { url: server, allowsOwnNetwork } = gotifySettings.parse(saved.settings);
    const url = belowServer(server, 'message');
    const body = gotifyMessage(delivery, render);
    const push = { url, headers: { 'x-gotify-key': secret }, body, allowsOwnNetwork, secrets: [secret] };
    return ofToken(await sendPush(push, fence, attempt));
  }

  async check({ settings }: UnsavedChannel, signal: AbortSignal): Promise<CheckResult> {
    const probe = { path: 'version', isServer: isGotify, name: 'Gotify' };
    return { steps: await checkServer(gotifySettings.parse(settings), probe, { ...this.#deps.fence, signal }) };
  }
}

/** Since 3.0 a token of a client (a phone) is asked for which application it writes, where it was no token before. */
function ofToken(outcome: Outcome): Outcome {
  const isOfClient = outcome.kind === 'permanent' && outcome.reply?.status === 400 && /application token/.test(outcome.detail);
  if (!isOfClient) return outcome;
  return { ...outcome, reason: 'refused-login', detail: 'This is the token of a client: it must be that of an application' };
}

/** What Gotify keeps and shows (its API, `POST /message`). */
export function gotifyMessage(delivery: Delivery, render: RenderShort): Readonly<Record<string, unknown>> {
  const { short } = render(delivery.told, delivery.language);
  const click = delivery.told[0].link.url;
  return {
    title: short.title,
    message: textOf(short),
    priority: gotifyPriority(delivery),
    extras: {
      // Without it some apps read what a caller wrote as Markdown.
      'client::display': { contentType: 'text/plain' },
      ...(click === undefined ? {} : { 'client::notification': { click: { url: click } } }),
    },
  };
}

/** On Android: 0 shows nothing outside the app, 1 to 3 an icon, 4 to 7 sound as well, from 8 on it vibrates too. */
function gotifyPriority({ priority, told, isSilent }: Delivery): number {
  if (isSilent) return 0;
  if (priority === 'high') return 8;
  if (priority === 'low') return 2;
  return told.every(({ kind }) => kind === 'alert') ? 4 : 5;
}

function isGotify({ status, body }: FencedReply): boolean {
  return status === 200 && /"version"\s*:/.test(body.toString()) && body.includes('buildDate');
}
