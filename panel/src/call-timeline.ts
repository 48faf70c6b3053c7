import type { getCallRecord } from '#contract/calls.ts';
import type { EndpointReply } from '#contract/endpoint.ts';

type Whole = EndpointReply<typeof getCallRecord>;
type Leg = Whole['legs'][number];

/** One thing that happened in a call. `seconds`: since it began. */
export type CallMoment = {
  readonly what: 'began' | 'rang' | 'answered' | 'over' | 'ended';
  readonly at: number;
  readonly name: string;
  readonly outcome: Leg['outcome'];
};

/** What happened in a call, the first thing first. */
export function callMoments({ startedAt, endedAt, legs }: Pick<Whole, 'startedAt' | 'endedAt' | 'legs'>): readonly CallMoment[] {
  const nobody = { name: '', outcome: null };
  const found = [
    { what: 'began', at: Date.parse(startedAt), ...nobody } as const,
    ...legs.filter(({ role }) => role === 'callee').flatMap(momentsOf),
    ...(endedAt === null ? [] : [{ what: 'ended', at: Date.parse(endedAt), ...nobody } as const]),
  ];
  return found.toSorted((one, other) => one.at - other.at || rank[one.what] - rank[other.what]);
}

const rank = { began: 0, rang: 1, answered: 2, over: 3, ended: 4 };

export function legName({ name, trunk, address }: Pick<Leg, 'name' | 'trunk' | 'address'>): string {
  return name !== '' ? name : (trunk ?? address);
}

function momentsOf(leg: Leg): readonly CallMoment[] {
  const { ringingAt, answeredAt, endedAt, outcome } = leg;
  const moment = (what: CallMoment['what'], at: string | null): readonly CallMoment[] =>
    at === null ? [] : [{ what, at: Date.parse(at), name: legName(leg), outcome }];
  return [
    ...moment('rang', ringingAt),
    ...moment('answered', answeredAt),
    // How a leg that was answered ended is how the call did.
    ...(outcome === null || outcome === 'answered' ? [] : moment('over', endedAt)),
  ];
}

/** How long a phone rang; undefined where it did not say that it rings. */
export function rangSeconds({
  ringingAt,
  answeredAt,
  endedAt,
}: Pick<Leg, 'ringingAt' | 'answeredAt' | 'endedAt'>): number | undefined {
  const end = answeredAt ?? endedAt;
  return ringingAt === null || end === null ? undefined : Math.max(0, (Date.parse(end) - Date.parse(ringingAt)) / 1000);
}
