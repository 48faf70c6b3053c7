import type { EmulatedCall } from '#testing/twilio/base/call.ts';
import { flagOf } from './twiml-run.ts';
import type { TwimlRun } from './twiml-run.ts';
import type { Verb } from './twiml-document.ts';

const rooms = new WeakMap<object, Map<string, Set<EmulatedCall>>>();

/** A room for calls: everyone in it is joined with everyone. Settles when the conference ended; a caller who leaves breaks out. */
export async function joinConference(run: TwimlRun, noun: Verb): Promise<void> {
  await run.call.answer();
  const here = rooms.get(run.telephony.state) ?? new Map<string, Set<EmulatedCall>>();
  rooms.set(run.telephony.state, here);
  const room = here.get(noun.text) ?? new Set<EmulatedCall>();
  here.set(noun.text, room);
  const bridges = [...room].flatMap(({ leg }) =>
    leg === undefined || run.call.leg === undefined ? [] : [run.telephony.voice.bridge(run.call.leg, leg)],
  );
  room.add(run.call);
  try {
    await run.race(run.call.conferenceEnded);
  } finally {
    room.delete(run.call);
    for (const bridge of bridges) bridge.undo();
    if (flagOf(noun.attributes.get('endConferenceOnExit'))) for (const other of room) other.endConference();
  }
}
