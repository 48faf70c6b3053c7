import type { FieldProblem } from '#base/errors.ts';
import type { CheckStep, DeliveryReason } from '#contract/notification-kinds.ts';
import type { Fence } from '../fence/fence.ts';
import { belowServer, serverUrlProblem } from '../fence/destination-url.ts';
import { fencedFetch } from '../fence/fenced-fetch.ts';
import type { FencedReply } from '../fence/fenced-request.ts';
import type { CheckResult } from '../kinds/channel.ts';

export type Server = { readonly url: string; readonly allowsOwnNetwork: boolean };

export type Step = CheckResult['steps'][number];

/** What is wrong with the address before it is saved. */
export function wrongServer({ url, allowsOwnNetwork }: Server): readonly FieldProblem[] {
  const message = serverUrlProblem(url, allowsOwnNetwork);
  return message === undefined ? [] : [{ field: 'settings.url', message }];
}

/** How far a request came, in the order in which it comes there. */
const stepsToServer = ['address', 'connect', 'tls', 'certificate', 'server'] as const satisfies readonly CheckStep[];

const failingStep: Partial<Record<DeliveryReason, (typeof stepsToServer)[number]>> = {
  'address-forbidden': 'address',
  'name-unknown': 'address',
  unreachable: 'connect',
  'tls-failed': 'tls',
  certificate: 'certificate',
};

export type Probe = {
  readonly path: string;
  /** Whether such a server gave this reply; `name` is what it should be. */
  readonly isServer: (reply: FencedReply) => boolean;
  readonly name: string;
};

/** The steps to a server, the one that fails named: nothing is sent that it would keep. */
export async function checkServer(
  { url, allowsOwnNetwork }: Server,
  probe: Probe,
  edge: Fence & { readonly signal: AbortSignal },
): Promise<readonly Step[]> {
  const wrong = serverUrlProblem(url, allowsOwnNetwork);
  if (wrong !== undefined) return stepsUntil('address', { reason: 'address-forbidden', detail: `The address ${wrong}` }, url);
  const result = await fencedFetch({ url: belowServer(url, probe.path), allowsOwnNetwork }, edge);
  if (result.kind !== 'replied')
    return stepsUntil(failingStep[result.reason] ?? (result.hasCommitted ? 'server' : 'connect'), result, url);
  if (probe.isServer(result)) return stepsUntil(undefined, { detail: `${probe.name} answers` }, url);
  const detail = `What answers is not ${probe.name}: status ${result.status}`;
  return stepsUntil('server', { reason: result.status >= 500 ? 'server-error' : 'refused-content', detail }, url);
}

/** As the steps of a check whose last one is about whoever is known there. */
export function thenStep(steps: readonly Step[], step: Step): readonly Step[] {
  if (steps.every(({ outcome }) => outcome !== 'failed')) return [...steps, step];
  return [...steps, { step: step.step, outcome: 'skipped', detail: 'Not tried' }];
}

type Why = { readonly reason?: DeliveryReason; readonly detail: string };

function stepsUntil(failed: (typeof stepsToServer)[number] | undefined, why: Why, url: string): readonly Step[] {
  const at = failed === undefined ? stepsToServer.length : stepsToServer.indexOf(failed);
  return stepsToServer.map((step, index) => {
    if (index > at) return { step, outcome: 'skipped', detail: 'Not tried' };
    if (index === at) return { step, outcome: 'failed', ...why };
    if (!url.startsWith('https:') && (step === 'tls' || step === 'certificate')) {
      return { step, outcome: 'skipped', detail: 'Not encrypted: it does not leave the own network' };
    }
    return { step, outcome: 'ok', detail: step === 'server' ? why.detail : '' };
  });
}
