import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { escalationChainId, escalationId, personId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';

/** Recorded words of the house. */
export const escalationPrompts = ['call-for-help'] as const;

/** What those who are asked hear, followed by what to press. `language`: the house's where it is left out. */
export const escalationMessage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    text: z.string().trim().min(1).max(300),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language such as en-CA')
      .optional(),
  }),
  z.strictObject({
    kind: z.literal('prompt'),
    name: z.enum(escalationPrompts).meta({ id: 'EscalationPrompt' }),
  }),
]);

/** `asking`: phones ring or listen; `pausing`: between two rounds; `exhausted`: nobody took it, and nobody is asked any more. */
export const escalationStates = ['asking', 'pausing', 'taken', 'exhausted', 'cancelled'] as const;
const state = z.enum(escalationStates).meta({ id: 'EscalationState' });

/**
 * `took`: pressed 1. `no-key`: answered and pressed nothing, as an answering machine does. `declined`: refused on the phone.
 * `taken-by-another`: somebody else was faster. `dnd`: do not disturb is on or it is quiet hours, and the chain
 * minds that. `not-allowed`: the house may not call that number. `interrupted`: the house was
 * restarted meanwhile and called again.
 */
export const escalationOutcomes = [
  'took',
  'no-key',
  'declined',
  'busy',
  'no-answer',
  'taken-by-another',
  'offline',
  'dnd',
  'not-allowed',
  'failed',
  'cancelled',
  'interrupted',
] as const;

const leg = z
  .object({
    id: z.string(),
    round: z.number().int(),
    /** From 1 on. */
    step: z.number().int(),
    name: z.string(),
    personId: z.string().nullable(),
    deviceId: z.string().nullable(),
    /** Of somebody outside. */
    number: z.string().nullable(),
    startedAt: isoDateTime,
    ringingAt: isoDateTime.nullable(),
    answeredAt: isoDateTime.nullable(),
    /** When they pressed 1. */
    pressedAt: isoDateTime.nullable(),
    endedAt: isoDateTime.nullable(),
    /** Null while it goes on. */
    outcome: z.enum(escalationOutcomes).meta({ id: 'EscalationOutcome' }).nullable(),
  })
  .meta({ id: 'EscalationLeg' });

export const escalation = z
  .object({
    id: z.string(),
    /** Null where the chain was removed since, or the house began it by itself: a child’s phone called help. */
    chainId: z.string().nullable(),
    /** Of the chain. */
    name: z.string(),
    message: escalationMessage,
    state,
    /** Both from 1 on. */
    round: z.number().int(),
    step: z.number().int(),
    startedAt: isoDateTime,
    endedAt: isoDateTime.nullable(),
    takenBy: z
      .object({
        personId: z.string().nullable(),
        /** Empty where it is not known. */
        name: z.string(),
        /** `key`: pressed 1 on a phone; `api`: in the panel or Home Assistant. */
        by: z.enum(['key', 'api']).meta({ id: 'EscalationTakenBy' }),
        at: isoDateTime,
      })
      .nullable(),
    /** Each call that was made, the first one first; of others' an administrator alone sees them. */
    legs: z.array(leg),
  })
  .meta({ id: 'Escalation' });

export type EscalationReply = z.input<typeof escalation>;

const params = z.object({ id: escalationId });

export const listEscalations = endpoint({
  id: 'listEscalations',
  method: 'GET',
  path: '/escalations',
  access: 'user',
  summary: 'Escalations that may ask you; for an admin, all',
  query: listQuery(['startedAt'], { state: state.optional() }),
  reply: pageOf(escalation),
});

export const startEscalation = endpoint({
  id: 'startEscalation',
  method: 'POST',
  path: '/escalations',
  access: 'admin',
  summary: 'Call the people of a chain until one of them presses 1; answered once it is stored',
  status: 201,
  isDoneOnce: true,
  body: z.strictObject({
    chainId: escalationChainId,
    message: escalationMessage,
    /** A repeated request with the same key starts nothing new and is answered alike. */
    idempotencyKey: z.string().min(1).max(200).optional(),
  }),
  reply: escalation,
});

export const getEscalation = endpoint({
  id: 'getEscalation',
  method: 'GET',
  path: '/escalations/:id',
  access: 'user',
  summary: 'One escalation, with what became of each call',
  params,
  reply: escalation,
});

export const takeEscalation = endpoint({
  id: 'takeEscalation',
  method: 'POST',
  path: '/escalations/:id/take',
  access: 'user',
  summary: 'Take an escalation, as if by pressing 1; whoever was asked is told',
  params,
  body: z.strictObject({
    /** For an admin: who takes it; oneself where it is left out. */
    personId: personId.optional(),
  }),
  reply: escalation,
});

export const cancelEscalation = endpoint({
  id: 'cancelEscalation',
  method: 'POST',
  path: '/escalations/:id/cancel',
  access: 'admin',
  summary: 'End an escalation: nobody need do anything',
  params,
  reply: escalation,
});
