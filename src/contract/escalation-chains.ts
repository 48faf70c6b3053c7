import { z } from 'zod';
import { requiredDisplayName } from './display-name.ts';
import { e164 } from './e164.ts';
import { endpoint, noContent } from './endpoint.ts';
import { contactId, deviceId, escalationChainId, personId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';
import { ringSeconds, routingProblem } from './ring-groups.ts';

/** Who is asked. A person stands for all of their phones. */
export const escalationTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), id: personId }),
  z.strictObject({ kind: z.literal('device'), id: deviceId }),
  /** `number`: one of the contact's; their first where it is left out. */
  z.strictObject({ kind: z.literal('contact'), id: contactId, number: e164.optional() }),
  z.strictObject({ kind: z.literal('number'), number: e164 }),
]);

/** Asked at the same time, for so long; then the next step. */
const step = z.strictObject({
  targets: z.array(escalationTarget).min(1, 'must name at least one person, phone, contact or number').max(20),
  seconds: ringSeconds.default(30),
});

const fields = {
  name: requiredDisplayName,
  /** One after another. */
  steps: z.array(step).min(1, 'must have at least one step').max(20),
  /** How often all of them are gone through. */
  rounds: z.number().int().min(1).max(20),
  /** Between two rounds. */
  pauseSeconds: z.number().int().min(5).max(3600),
  /** Whether phones ring although do not disturb is on for them, their owner or the house, or it is quiet hours for a child’s line. */
  ignoresDnd: z.boolean(),
  /** What follows where nobody took it; `alert`: administrators see it until somebody takes or cancels it. */
  ifNobody: z.enum(['alert', 'nothing']).meta({ id: 'EscalationIfNobody' }),
};

export const escalationChain = z
  .object({
    id: z.string(),
    ...fields,
    name: z.string(),
    problems: z.array(routingProblem),
    createdAt: isoDateTime,
  })
  .meta({ id: 'EscalationChain' });

const params = z.object({ id: escalationChainId });

export const listEscalationChains = endpoint({
  id: 'listEscalationChains',
  method: 'GET',
  path: '/escalation-chains',
  access: 'admin',
  summary: 'Chains of people who are called one after another until one of them takes an alarm',
  query: listQuery(['createdAt', 'name'], {}),
  reply: pageOf(escalationChain),
});

export const createEscalationChain = endpoint({
  id: 'createEscalationChain',
  method: 'POST',
  path: '/escalation-chains',
  access: 'admin',
  summary: 'Add an escalation chain',
  status: 201,
  body: z.strictObject({
    ...fields,
    rounds: fields.rounds.default(3),
    pauseSeconds: fields.pauseSeconds.default(30),
    ignoresDnd: fields.ignoresDnd.default(true),
    ifNobody: fields.ifNobody.default('alert'),
  }),
  reply: escalationChain,
});

export const getEscalationChain = endpoint({
  id: 'getEscalationChain',
  method: 'GET',
  path: '/escalation-chains/:id',
  access: 'admin',
  summary: 'One escalation chain',
  params,
  reply: escalationChain,
});

export const changeEscalationChain = endpoint({
  id: 'changeEscalationChain',
  method: 'PATCH',
  path: '/escalation-chains/:id',
  access: 'admin',
  summary: 'Change an escalation chain; what is left out stays as it is, and escalations that go on are not changed',
  params,
  body: z.strictObject(fields).partial(),
  reply: escalationChain,
});

export const deleteEscalationChain = endpoint({
  id: 'deleteEscalationChain',
  method: 'DELETE',
  path: '/escalation-chains/:id',
  access: 'admin',
  summary: 'Remove an escalation chain; escalations that go on are not changed',
  status: 204,
  params,
  reply: noContent,
});
