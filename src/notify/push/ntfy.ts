// Owns how a notification reaches a person through an ntfy server.
// Called by app/notifications.ts, which makes it one of the channels.
// Must stay true: the topic is a secret, because whoever knows it reads along: it is in the body alone.
import { createHash } from 'node:crypto';
import type { FieldProblem } from '#base/errors.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import { ntfySettings } from '#contract/notification-channels.ts';
import { belowServer } from '../fence/destination-url.ts';
import { fencedFetch } from '../fence/fenced-fetch.ts';
import type { FencedReply } from '../fence/fenced-request.ts';
import type { Attempt, Channel, CheckResult, Delivery, Outcome, SavedChannel, UnsavedChannel } from '../kinds/channel.ts';
import { savedProblem, sendPush, textOf } from './push-service.ts';
import type { PushDeps, RenderShort } from './push-service.ts';
import { checkServer, thenStep, wrongServer } from './server-check.ts';
import type { Server, Step } from './server-check.ts';

/** A message of more than 4,096 bytes becomes an attachment. */
const maxMessageBytes = 3500;

export class Ntfy implements Channel {
  readonly id = 'ntfy';
  readonly #deps: PushDeps;

  constructor(deps: PushDeps) {
    this.#deps = deps;
  }

  problem(): DeliveryReason | undefined {
    return savedProblem(this.#deps.read());
  }

  wrongSettings(settings: SavedChannel['settings']): readonly FieldProblem[] {
    return wrongServer(ntfySettings.parse(settings));
  }

  async deliver(delivery: Delivery, attempt: Attempt): Promise<Outcome> {
    const { read, fence, render } = this.#deps;
    const { secret: topic } = delivery.target;
    const saved = read();
    const problem = savedProblem(saved);
    if (problem !== undefined || topic === undefined || saved === undefined || saved.secrets === 'locked') {
      return { kind: 'permanent', reason: problem ?? 'secret-locked', detail: 'It is not set up' };
    }
    const { url: server, allowsOwnNetwork } = ntfySettings.parse(saved.settings);
    const { token } = saved.secrets;
    // To the root: below the topic's address the title would be a header, which has no letters but those of Latin-1.
    const url = belowServer(server, '');
    const body = ntfyMessage(delivery, topic, render);
    const push = { url, headers: bearer(token), body, allowsOwnNetwork, secrets: [topic, token ?? ''] };
    return ofTopic(await sendPush(push, fence, attempt), token);
  }

  async check({ settings, secrets }: UnsavedChannel, signal: AbortSignal): Promise<CheckResult> {
    const server = ntfySettings.parse(settings);
    const probe = { path: 'v1/health', isServer: isNtfy, name: 'ntfy' };
    const steps = await checkServer(server, probe, { ...this.#deps.fence, signal });
    const { token } = secrets;
    if (token === undefined || steps.some(({ outcome }) => outcome === 'failed')) {
      return { steps: thenStep(steps, { step: 'token', outcome: 'skipped', detail: 'There is none' }) };
    }
    return { steps: [...steps, await this.#checkToken(server, token, signal)] };
  }

  async #checkToken({ url, allowsOwnNetwork }: Server, token: string, signal: AbortSignal): Promise<Step> {
    const request = { url: belowServer(url, 'v1/account'), headers: bearer(token), allowsOwnNetwork };
    const result = await fencedFetch(request, { ...this.#deps.fence, signal });
    if (result.kind !== 'replied') return { step: 'token', outcome: 'failed', reason: result.reason, detail: result.detail };
    if (result.status === 200) return { step: 'token', outcome: 'ok', detail: '' };
    const isRefused = result.status === 401 || result.status === 403;
    const reason = isRefused ? 'refused-login' : 'server-error';
    return { step: 'token', outcome: 'failed', reason, detail: `ntfy answered with status ${result.status}` };
  }
}

/** A token that the server knows, and that may not write to this topic: that is no fault of the house's settings. */
function ofTopic(outcome: Outcome, token: string | undefined): Outcome {
  const isOfTopic = outcome.kind === 'permanent' && outcome.reply?.status === 403 && token !== undefined && token !== '';
  return isOfTopic ? { ...outcome, reason: 'refused-recipient' } : outcome;
}

/** What ntfy shows (its documentation, "Publish as JSON"). */
export function ntfyMessage(delivery: Delivery, topic: string, render: RenderShort): Readonly<Record<string, unknown>> {
  const { short } = render(delivery.told, delivery.language);
  const click = delivery.told[0].link.url;
  return {
    topic,
    title: short.title,
    message: cutBytes(textOf(short)),
    priority: ntfyPriority(delivery),
    // What comes with the same one takes the place of the earlier; servers before 2.16 do not know it and show both.
    sequence_id: createHash('sha256').update(delivery.tag).digest('hex').slice(0, 32),
    ...(click === undefined ? {} : { click }),
  };
}

/** 1 and 2 make no sound, 3 a short one, 4 and 5 a long one with vibration. */
function ntfyPriority({ priority, told, isSilent }: Delivery): number {
  if (isSilent || priority === 'low') return 2;
  if (priority === 'normal') return 3;
  return told.every(({ kind }) => kind === 'alert') ? 4 : 5;
}

function cutBytes(text: string): string {
  if (Buffer.byteLength(text) <= maxMessageBytes) return text;
  return `${Buffer.from(text)
    .subarray(0, maxMessageBytes)
    .toString()
    .replace(/\uFFFD+$/, '')}…`;
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
}

function isNtfy({ status, body }: FencedReply): boolean {
  return status === 200 && /"healthy"\s*:\s*true/.test(body.toString());
}
