import { isoTime } from '#base/clock.ts';
import { spokenError } from '#base/errors.ts';
import type { PersonId } from '#base/ids.ts';
import { callCommand, hangUpCommand, callsCommand } from '#contract/automation-commands.ts';
import { bindCommand } from '#contract/command.ts';
import type { Command } from '#contract/command.ts';
import type { Device } from '#devices/device.ts';
import { talkSeconds } from './call.ts';
import type { CallRecord } from './call.ts';
import type { CallBook } from './call-book.ts';
import type { CallControl } from './call-control.ts';
import type { ControlledBy } from './call-control-decision.ts';
import { calledNumber, farEnd } from './call-event-attributes.ts';
import type { CallNames } from './call-event-attributes.ts';
import type { CallSearch } from './call-search.ts';
import type { Calls } from './calls.ts';
import { noCall, notInCall, whichCall } from './spoken-words.ts';

export type CallCommandDeps = {
  readonly calls: Pick<Calls, 'get' | 'hangUp' | 'hangUpAll' | 'list'>;
  readonly control: Pick<CallControl, 'call'>;
  readonly search: Pick<CallSearch, 'find'>;
  readonly book: CallBook;
  readonly names: CallNames;
};

/** Home Assistant asks as the administrator of the house; what the phone itself may not do it may not either. */
export const homeAssistant: ControlledBy = { id: 'token_home-assistant', personId: undefined };

export function callCommands(deps: CallCommandDeps): readonly Command[] {
  const { search, book, names } = deps;
  return [
    bindCommand(callCommand, async ({ to, ...asked }) => {
      const device = book.ringing(asked);
      return { call_id: await placeCall(deps, device, to), device: device.name };
    }),
    bindCommand(hangUpCommand, async ({ call_id: callId, device }) => {
      if (device !== undefined && callId === undefined) return { ended: hangUpPhone(deps, book.phone(device)) };
      hangUpOne(deps, callId);
      return { ended: 1 };
    }),
    bindCommand(callsCommand, async ({ person, limit }) => {
      const personId = person === undefined ? undefined : book.person(person).id;
      const { items } = search.find({ visibleTo: personId }, { limit, offset: 0, sort: 'startedAt', order: 'desc' });
      return { calls: items.map((record) => callSummary(record, personId, names)) };
    }),
  ];
}

/** Returns the id of the call to the phone. */
export async function placeCall(
  { control, book }: Pick<CallCommandDeps, 'control' | 'book'>,
  device: Device,
  to: string,
): Promise<string> {
  const dialled = book.dialled(to, device.personId);
  const placed = await control.call({ deviceId: device.id, to: dialled, autoAnswer: false }, homeAssistant);
  return placed.record.id;
}

/** Every call of the phone but a call for help. Returns how many. */
export function hangUpPhone(
  { calls }: { readonly calls: Pick<Calls, 'hangUpAll'> },
  { id, name }: Pick<Device, 'id' | 'name'>,
): number {
  const ended = calls.hangUpAll(id);
  if (ended === 0) throw spokenError('not-found', notInCall(name));
  return ended;
}

function hangUpOne({ calls }: CallCommandDeps, callId: string | undefined): void {
  const going = calls.list().filter(({ record, isEmergency }) => (callId === undefined ? !isEmergency : record.id === callId));
  const [only, ...others] = going;
  if (only === undefined) throw spokenError('not-found', noCall);
  if (others.length > 0) throw spokenError('conflict', whichCall);
  calls.hangUp(only.record.id);
}

function callSummary(record: CallRecord, personId: PersonId | undefined, names: CallNames) {
  const isCaller = record.direction === 'outbound' || (personId !== undefined && record.caller.personId === personId);
  const { answeredAt, endedAt } = record;
  return {
    call_id: record.id,
    at: isoTime(record.startedAt),
    direction: record.direction,
    ...farEnd(record, isCaller ? 'caller' : 'callee', names),
    called: calledNumber(record),
    by_us: isCaller,
    verdict: record.verdict?.disposition ?? null,
    reason: record.verdict?.reason ?? null,
    seconds: talkSeconds(answeredAt ?? null, endedAt ?? null),
  };
}
