import { isRecord, parseJson } from '#base/json.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import type { Fence } from '../fence/fence.ts';
import { fencedFetch } from '../fence/fenced-fetch.ts';
import { outcomeOf } from '../fence/status-outcome.ts';
import type { FencedResult } from '../fence/fenced-request.ts';
import type { Attempt, Delivery, Outcome, ReadChannel, SavedChannel } from '../kinds/channel.ts';
import type { Rendered } from '../words/render.ts';

export type PushDeps = { readonly read: ReadChannel; readonly fence: Fence; readonly render: RenderShort };

export type RenderShort = (told: Delivery['told'], language: Delivery['language']) => Pick<Rendered, 'short'>;

/** Why nothing can be sent by the settings of a channel. */
export function savedProblem(saved: SavedChannel | undefined): DeliveryReason | undefined {
  if (saved === undefined) return 'not-set-up';
  if (!saved.isEnabled) return 'switched-off';
  return saved.secrets === 'locked' ? 'secret-locked' : undefined;
}

export type Push = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly allowsOwnNetwork: boolean;
  /** What no one may read in what is kept. */
  readonly secrets: readonly string[];
};

/** Sends it to a server of push, and says what became of it. */
export async function sendPush(push: Push, fence: Fence, { signal, commit }: Attempt): Promise<Outcome> {
  const { url, body, allowsOwnNetwork } = push;
  const headers = { 'content-type': 'application/json', ...push.headers };
  const request = { url, method: 'POST', headers, body: JSON.stringify(body), allowsOwnNetwork } as const;
  return pushOutcome(await fencedFetch(request, { ...fence, signal, commit }), push, fence.clock.now());
}

/**
 * The outcome with what was asked and answered, without the secrets and what was said: administrators may look at everybody's deliveries.
 * A proxy in front of a server that is starting says that there is nothing: that is worth another try.
 */
function pushOutcome(result: FencedResult, { url, body, secrets }: Push, now: number): Outcome {
  const { title: _title, message: _message, topic: _topic, ...shown } = body;
  const outcome = outcomeOf(result, `POST ${url}\n${JSON.stringify(shown)}`, now);
  const reply =
    outcome.reply === undefined ? {} : { reply: { ...outcome.reply, reply: shownReply(result, outcome.reply.reply, secrets) } };
  if (result.kind === 'replied' && result.status === 404) {
    return { kind: 'temporary', reason: 'server-error', detail: 'There is no such server at this address: status 404', ...reply };
  }
  const said = result.kind === 'replied' ? hidden(wordsOf(result.body.toString()), secrets) : '';
  if (outcome.kind === 'delivered' || said === '') return { ...outcome, ...reply };
  return { ...outcome, ...reply, detail: `${outcome.detail}: ${said}` };
}

/** What Gotify (`errorDescription`) and ntfy (`error`) say of a refusal. */
function wordsOf(reply: string): string {
  const said = parseJson(reply);
  const { error, errorDescription: words = error } = isRecord(said) ? said : {};
  return typeof words === 'string' ? words.slice(0, 200) : '';
}

/** What is read of a notification: Gotify takes none without a text, and ntfy says something of its own instead. */
export function textOf({ title, body }: { readonly title: string; readonly body: string }): string {
  return body === '' ? title : body;
}

/** What is accepted comes back with its text and the topic: of that only its number there is kept. */
function shownReply(result: FencedResult, reply: string, secrets: readonly string[]): string {
  if (result.kind === 'replied' && result.status < 300) {
    const id = /"id":\s*("[^"]{1,40}"|\d{1,20})/.exec(reply)?.[1];
    return id === undefined ? '' : `{"id":${id}}`;
  }
  return hidden(reply, secrets);
}

function hidden(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((left, secret) => left.replaceAll(secret, '…'), text);
}
