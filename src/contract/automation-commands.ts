// Owns what automations and voice assistants may ask the house for: each command's name and input.
// Called by the rooms' -commands files, which answer them.
// Must stay true: a name or key that has shipped stays; what is not in an input is refused.
import { z } from 'zod';
import { command } from './command.ts';

/** A phone, person or contact, by its id or the name that people know it by. */
const askedName = z.string().trim().min(1).max(200);
/** How many of a list, the newest first. */
const listLimit = z.coerce.number().int().min(1).max(50).default(10);
/** Templates make numbers of digits. */
const text = z.coerce.string().trim().min(1);
const id = z.string().min(1);

/** Rings a phone - the named one, one of the person, or the only one there is -, then dials a number, an extension or somebody's name. */
export const callCommand = command(
  'call',
  z.strictObject({ device: askedName.optional(), person: askedName.optional(), to: text.max(64) }),
);

/** Without a call or phone: the only call there is. */
export const hangUpCommand = command('hang_up', z.strictObject({ call_id: id.optional(), device: askedName.optional() }));

/** The last calls; those of a person are what they may see. */
export const callsCommand = command('calls', z.strictObject({ person: askedName.optional(), limit: listLimit }));

/** One message, or all of a person. */
export const markHeardCommand = command(
  'mark_heard',
  z.strictObject({ voicemail_id: id.optional(), person: askedName.optional() }),
);

/** Those that are not archived, with all that was said; `heard`: only those that were heard, or were not. */
export const voicemailsCommand = command(
  'voicemails',
  z.strictObject({ person: askedName, heard: z.boolean().optional(), limit: listLimit }),
);

/** Without a call or phone: the only call that was answered. */
export const recordCommand = command(
  'record',
  z.strictObject({ call_id: id.optional(), device: askedName.optional(), on: z.boolean() }),
);

/** `to`: a number, or the name of a contact. `from`: one of ours, E.164; the house's first where undefined. */
export const sendSmsCommand = command(
  'send_sms',
  z.strictObject({ to: text.max(200), text: text.max(1600), from: z.coerce.string().trim().optional() }),
);

const maxDndMinutes = 7 * 24 * 60;

/** Without minutes it stays as it is until it is switched again. */
export const dndCommand = command(
  'dnd',
  z.strictObject({
    of: z.enum(['exchange', 'person', 'device']),
    id: askedName.optional(),
    name: askedName.optional(),
    on: z.boolean(),
    minutes: z.coerce.number().positive().max(maxDndMinutes).optional(),
  }),
);

/** Calls the people of a chain until one of them presses 1. Without a text they hear that somebody calls for help. */
export const escalateCommand = command('escalate', z.strictObject({ chain: askedName, text: text.max(300).optional() }));
