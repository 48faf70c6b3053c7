import { z } from 'zod';
import { callReasons } from './call-verdicts.ts';
import { legOutcomes } from './calls.ts';
import { deviceFault, deviceOffline, deviceState } from './devices.ts';
import { endpoint } from './endpoint.ts';
import { callId, deviceId } from './ids.ts';

/**
 * The closed list: why a call went as it did, or why a phone does not ring. Where no more can be said than the reason of the call, the code is that
 * reason. `names`, `rule` … below are what comes with it.
 */
export const causeCodes = [
  ...callReasons,
  'in-progress',
  /** By `names`. */
  'answered',
  /** `names` rang for `seconds`, and nobody took it. */
  'rang',
  /** `names` were called, and never said that they ring. */
  'no-ringing',
  /** After `seconds` in which `names` rang. */
  'gave-up',
  /** Before any phone rang. */
  'gave-up-early',
  'declined-by',
  'busy-at',
  'phones-offline',
  'phones-unreachable',
  /** `until`: milliseconds since 1970, null where somebody had to switch it off. */
  'dnd-house',
  'dnd-person',
  'dnd-device',
  'quiet-hours-of',
  'not-on-list-of',
  /** Of `name`. */
  'spam-list-of',
  'rule-voicemail',
  'rule-busy',
  'rule-rejected',
  'rule-announcement',
  'phone-off',
  'phone-offline',
  /** Registered, and does not answer. */
  'phone-silent',
  /** Registered before, and refused now. */
  'phone-refused',
  'phone-dnd-house',
  'phone-dnd-person',
  'phone-dnd-device',
  'phone-quiet',
  'phone-in-call',
  /** Only who dials `extension` lets it ring now. */
  'phone-not-rung',
  'phone-fine',
] as const;

/** What mends it. Those that begin with `open-`, `add-` or `new-` lead to where it is mended; the others are done at once. */
export const mendingCodes = [
  'dnd-off',
  'phone-on',
  'new-password',
  'number-on',
  'unblock',
  'allow-destination',
  'open-phone',
  'open-rule',
  'open-number',
  'open-routing',
  'open-child-line',
  'open-trunks',
  'open-outgoing',
  'open-alerts',
  'open-logs',
  'add-contact',
  'add-phone',
] as const;

const values = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

export const mending = z
  .object({
    code: z.enum(mendingCodes).meta({ id: 'MendingCode' }),
    /** Whose it is, such as `deviceId`, and `name`, by which people know it. */
    values,
    /** Whether whoever asks may do it; otherwise an administrator can. */
    mayDo: z.boolean(),
  })
  .meta({ id: 'Mending' });

export const diagnosis = z
  .object({
    cause: z.object({
      code: z.enum(causeCodes).meta({ id: 'CauseCode' }),
      /** Of phones. */
      names: z.array(z.string()),
      values,
    }),
    /** Whether what kept it from ringing is no longer so. */
    isMended: z.boolean(),
    mendings: z.array(mending),
    /** What became of each phone or number outside that was to ring; `dnd`: it was left in peace. */
    phones: z.array(
      z.object({
        deviceId: deviceId.nullable(),
        name: z.string(),
        /** Null while it rings or is in the call. */
        outcome: z
          .enum([...legOutcomes, 'dnd'])
          .meta({ id: 'PhoneOutcome' })
          .nullable(),
        /** How long it rang; null where it did not say that it rings. */
        rangSeconds: z.number().int().nullable(),
      }),
    ),
    /** Of these phones those that cannot be reached now, of whoever asks or for administrators. */
    offline: z.array(
      z.object({
        deviceId,
        name: z.string(),
        username: z.string(),
        state: deviceState,
        offline: deviceOffline.nullable(),
        /** What it last did wrong when it wanted to register, within a day. */
        fault: deviceFault.nullable(),
      }),
    ),
  })
  .meta({ id: 'Diagnosis' });

export const diagnoseCall = endpoint({
  id: 'diagnoseCall',
  method: 'GET',
  path: '/cdrs/:id/diagnosis',
  access: 'user',
  summary: 'Why a call rang, or did not, whom it rang, and what mends it',
  params: z.object({ id: callId }),
  reply: diagnosis,
});

export const diagnosePhone = endpoint({
  id: 'diagnosePhone',
  method: 'GET',
  path: '/devices/:id/diagnosis',
  access: 'user',
  summary: 'What keeps a phone from ringing now, and what mends it',
  params: z.object({ id: deviceId }),
  reply: diagnosis,
});
