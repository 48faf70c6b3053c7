import type { trunkCheckOutcomes, trunkCheckSteps } from '#contract/trunk-words.ts';
import type { Connected, Target } from './connect.ts';

export type CheckStep = {
  readonly step: (typeof trunkCheckSteps)[number];
  readonly outcome: (typeof trunkCheckOutcomes)[number];
  readonly detail: string | null;
  readonly sipStatus: number | null;
};

/** What a trunk responds to an attempt to sign in, or to a plain question. */
export type Answer = {
  readonly kind: 'registered' | 'ready' | 'wrong-password' | 'refused' | 'name-not-found' | 'certificate' | 'unreachable';
  readonly sipStatus?: number;
  readonly reason?: string;
};

export type CheckPorts = {
  /** Where requests go: empty where the name is not found. */
  readonly resolve: () => Promise<readonly Target[]>;
  readonly connect: (target: Target) => Promise<Connected>;
  readonly ask: () => Promise<Answer>;
};

type Checked = { readonly registers: boolean; readonly transport: 'udp' | 'tcp' | 'tls' };

/** Of several servers that a name leads to. */
const maxTargets = 3;

/** Tries a trunk step by step, as far as it goes: the first step that fails is the one to mend. */
export async function checkTrunkSteps({ registers, transport }: Checked, ports: CheckPorts): Promise<readonly CheckStep[]> {
  const targets = await ports.resolve();
  if (targets.length === 0) return [step('resolve', 'name-not-found')];
  const found = step('resolve', 'ok', [...new Set(targets.map(({ address }) => address))].join(', '));
  const connected = transport === 'udp' ? step('connect', 'skipped') : await connectToFirst(targets, ports.connect);
  if (connected.outcome !== 'ok' && connected.outcome !== 'skipped') return [found, connected];
  return [found, connected, ...answered(registers, await ports.ask())];
}

async function connectToFirst(targets: readonly Target[], connect: CheckPorts['connect']): Promise<CheckStep> {
  let last = step('connect', 'no-answer');
  for (const target of targets.slice(0, maxTargets)) {
    const { outcome, detail } = await connect(target);
    last = step('connect', outcome, detail);
    if (outcome === 'ok') return last;
  }
  return last;
}

function answered(registers: boolean, { kind, sipStatus, reason }: Answer): readonly CheckStep[] {
  if (kind === 'unreachable' || kind === 'certificate' || kind === 'name-not-found')
    return [step('answer', kind === 'unreachable' ? 'no-answer' : kind)];
  const detail = reason === undefined || reason === '' ? null : reason;
  const answer = step('answer', 'ok');
  if (!registers) return [answer, step('register', 'skipped')];
  const outcome = kind === 'registered' || kind === 'ready' ? 'ok' : kind;
  return [answer, { ...step('register', outcome, detail), sipStatus: outcome === 'ok' ? null : (sipStatus ?? null) }];
}

function step(name: CheckStep['step'], outcome: CheckStep['outcome'], detail: string | null = null): CheckStep {
  return { step: name, outcome, detail, sipStatus: null };
}
