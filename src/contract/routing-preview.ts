import { z } from 'zod';
import { callDisposition, callReason } from './calls.ts';
import { endpoint } from './endpoint.ts';
import { deviceId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { routeDraft } from './routes.ts';
import { routingReason } from './routing-reasons.ts';

const toNumber = { kind: z.literal('forward'), number: z.string(), seconds: z.number().int(), isScreened: z.boolean() };

const afterRing = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('voicemail'), personId: z.string() }),
  z.object(toNumber),
  z.object({ kind: z.literal('reject') }),
  z.object({ kind: z.literal('hang-up') }),
]);

/** The caller must press this digit before anything rings or records. */
const challenge = z.object({ digit: z.string() }).optional();

export const routingPlan = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('ring'),
      steps: z.array(
        z.object({
          deviceIds: z.array(z.string()),
          /** Whoever answers at a number outside must press 1. */
          forwards: z.array(z.string()),
          seconds: z.number().int(),
          /** Whoever answers at a phone must press 1 too. */
          isScreened: z.boolean().optional(),
        }),
      ),
      then: afterRing,
      challenge,
      /** Phones of parents ring instead of a child’s; whoever answers lets the caller through by a key. */
      approval: z.object({ lines: z.array(z.string()), name: z.string() }).optional(),
    }),
    z.object({
      kind: z.literal('voicemail'),
      personId: z.string(),
      reason: z.string(),
      greeting: z.string().optional(),
      challenge,
    }),
    z.object({ ...toNumber, then: afterRing, challenge }),
    z.object({
      kind: z.literal('reject'),
      tone: z.enum(['busy', 'rejected']).meta({ id: 'RefusalTone' }),
      verdict: z.object({ disposition: callDisposition, reason: callReason }),
    }),
    z.object({ kind: z.literal('play'), text: z.string(), language: z.string() }),
  ])
  .meta({ id: 'RoutingPlan' });

const switches = z.record(z.string(), z.boolean()).default({});

const previewBody = z.strictObject({
  /** A number as you would dial it or in full; null for a caller who hides it. `deviceId`: a phone of the house calls. */
  caller: z.union([
    z.strictObject({
      number: z.string().trim().min(1).max(64).nullable(),
      spamScore: z.number().min(0).max(1).optional(),
    }),
    z.strictObject({ deviceId }),
  ]),
  /** One of our numbers, or an extension. */
  called: z.string().trim().min(1).max(64),
  /** Now where it is left out. */
  at: isoDateTime.optional(),
  /** States of Home Assistant by entity, in place of those there are. */
  states: z.record(z.string(), z.string().max(255)).default({}),
  /** Do not disturb, in place of what is switched; by id. */
  dnd: z.strictObject({ house: z.boolean().optional(), persons: switches, devices: switches }).default({
    persons: {},
    devices: {},
  }),
  /** A rule of the called number that is not saved, as if it were. */
  draft: routeDraft.optional(),
});

/**
 * What became of a rule: it decided, is switched off, names what is no longer there, does not fit who calls, the time or a state, or
 * an earlier one decided.
 */
export const ruleOutcomes = ['applies', 'off', 'broken', 'caller', 'time', 'state', 'not-reached'] as const;

const previewReply = z.object({
  at: isoDateTime,
  plan: routingPlan,
  reasons: z.array(routingReason),
  /** Those of the called number in their order; empty where they were not looked at. `routeId`: null for a draft that is none of them. */
  rules: z.array(
    z.object({
      routeId: z.string().nullable(),
      name: z.string(),
      outcome: z.enum(ruleOutcomes).meta({ id: 'RuleOutcome' }),
    }),
  ),
  /** Who would ring, the first step first. */
  rings: z.array(
    z.object({
      step: z.number().int(),
      seconds: z.number().int(),
      deviceId: z.string().nullable(),
      /** Of the phone, or the number outside. */
      name: z.string(),
      isRegistered: z.boolean(),
    }),
  ),
});

export type PreviewReply = z.input<typeof previewReply>;
export type PreviewBody = z.output<typeof previewBody>;

export const previewRoute = endpoint({
  id: 'previewRoute',
  method: 'POST',
  path: '/routes/preview',
  access: 'admin',
  summary: 'What would become of a call, and why; nothing rings',
  body: previewBody,
  reply: previewReply,
});
