import { Figures } from '../chaos/figures.ts';
import type { House } from '#testing/harness/house.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { eventually, placeCall } from './call.ts';
import type { CallOutcome } from './call.ts';
import { drawCallKind } from './call-kinds.ts';
import { stallRepeatedly } from './stall.ts';
import { StallHarness } from './stall-harness.ts';

export type StallsPlan = {
  readonly calls: number;
  /** After so long no more calls are placed. */
  readonly seconds: number;
  /** How many callers there are at one time; each places its next call when the last is over. */
  readonly atOnce: number;
  readonly seed: number;
  readonly say: (what: string) => void;
};

export type StallsResult = { readonly lines: readonly string[]; readonly faults: readonly string[] };

type Report = { readonly figures: Figures; readonly faults: string[] };
type CallReply = { readonly endedAt: string | null; readonly disposition: string | null; readonly reason: string | null };
type Page = { readonly items: readonly CallReply[]; readonly total: number };

/** Calls of every kind to a house that stands still again and again; whatever one of them is left without is a fault. */
export async function runStalls(plan: StallsPlan): Promise<StallsResult> {
  const random = seededRandom(plan.seed + 1);
  await using harness = await StallHarness.build(random);
  const report: Report = { figures: new Figures(), faults: [] };
  const start = performance.now();
  let isOver = false;
  const stalls = stallRepeatedly({ pid: harness.house.program.pid, random, isOver: () => isOver });
  const calls = await placeCalls(harness, plan);
  const seconds = (performance.now() - start) / 1000;
  isOver = true;
  const { count, seconds: stalled } = await stalls;
  await checkLeftovers(harness, report);
  for (const call of calls) checkCall(call, report);
  await checkRecords(harness.house, calls.filter(isKnownCall).length, report);
  const first = `Calls: ${calls.length} in ${seconds.toFixed(0)} s, with ${count} stalls of together ${stalled} s`;
  return { lines: [first, ...report.figures.lines()], faults: report.faults };
}

async function placeCalls(harness: StallHarness, { calls, seconds, atOnce, seed, say }: StallsPlan): Promise<CallOutcome[]> {
  const random = seededRandom(seed);
  const end = performance.now() + seconds * 1000;
  const placed: CallOutcome[] = [];
  let begun = 0;
  const callOn = async (index: number) => {
    while (begun < calls && performance.now() < end) {
      begun += 1;
      if (begun % 500 === 0) say(`${begun} calls`);
      const kind = drawCallKind(random);
      placed.push(await placeCall(harness.caller(index), { kind, dialled: harness.numberOf(kind, random), random }));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => callOn(index)));
  return placed;
}

function checkCall({ kind, call, later, problem }: CallOutcome, { figures, faults }: Report): void {
  const { name, statuses } = kind;
  const finals = [...call.finals];
  // Given up before the challenge was answered: that was the end of it.
  const status =
    finals.length === 0 && call.isCancelRequested && call.status === 401 ? 401 : Number(finals[0]?.split(' ')[0] ?? 0);
  figures.add(`Final answers to "${name}"`, String(status));
  for (const what of later) figures.add('Answers within calls', what);
  if (problem !== undefined) faults.push(`${name}: ${problem}`);
  else if (finals.length > 1) faults.push(`${name}: ${finals.join(' and ')}`);
  else if (status === 0) faults.push(`${name}: ended with ${call.status} of its own`);
  else if (status !== 401 && !statuses.includes(status))
    figures.add('Answered otherwise than without stalls', `${name}: ${status}`);
}

/** What is left of calls where everybody has hung up. */
async function checkLeftovers(harness: StallHarness, { faults }: Report): Promise<void> {
  const ongoing = async () => (await harness.house.api<Page>('GET', '/calls?per_page=1')).total;
  if (!(await eventually(async () => (await ongoing()) === 0))) faults.push(`the house still has ${await ongoing()} calls`);
  if (!(await eventually(() => harness.openCalls.length === 0))) {
    for (const { state, invite } of harness.openCalls) faults.push(`a called phone is left ${state}: ${invite.requestUri}`);
  }
}

/** A caller who gives up before the house has authenticated the call has no record. */
function isKnownCall({ call }: CallOutcome): boolean {
  return call.finals.size > 0 && call.invite.get('authorization') !== undefined;
}

async function checkRecords(house: House, expected: number, { figures, faults }: Report): Promise<void> {
  const records: CallReply[] = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await house.api<Page>('GET', `/cdrs?per_page=100&page=${page}`);
    records.push(...items);
    if (page * 100 >= total) break;
  }
  for (const { disposition, reason } of records) figures.add('Records', `${disposition ?? 'open'}/${reason ?? '-'}`);
  if (records.length !== expected) faults.push(`${expected} calls were answered and ${records.length} are in the list`);
  const open = records.filter(({ endedAt }) => endedAt === null).length;
  if (open > 0) faults.push(`${open} calls are over and not so in the list`);
}
