// Composes voicemail and call recordings with the calls they belong to and with Twilio, where their audio comes from.
// Called by app.ts, once calls and the bridge to Twilio are there.
// Must stay true: nothing here decides anything; it fits ports together and starts what it made.
import type { CallId, DeviceId, VoicemailId } from '#base/ids.ts';
import type { LeftVoicemail } from '#calls/call-events.ts';
import type { Calls } from '#calls/calls.ts';
import type { CdrStore } from '#calls/cdr-store.ts';
import { personsOfRecord } from '#calls/persons-of-call.ts';
import { phoneCall } from '#calls/phone-state.ts';
import type { PstnCalls } from '#calls/pstn-calls.ts';
import { recordableCall } from '#calls/recordable-call.ts';
import type { Contacts } from '#contacts/contacts.ts';
import type { Devices } from '#devices/devices.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { People } from '#people/people.ts';
import { Watermarks } from '#storage/watermarks.ts';
import { recordingDeletion, recordingDeletionHandler, recordingDeletionKind } from '#twilio/sync/recording-deletion.ts';
import { recorder, recordingSource } from '#twilio/sync/recording-source.ts';
import { recordingSink } from '#twilio/sync/recording-sync.ts';
import { Reconciler } from '#twilio/sync/reconcile.ts';
import type { ReconcilerSinks } from '#twilio/sync/reconcile.ts';
import type { SpeechToText } from '#voicemail/ports.ts';
import { recordingAlerts } from '#voicemail/recording-alerts.ts';
import type { Voicemail } from '#voicemail/voicemail-store.ts';
import { transcriptAlerts } from '#voicemail/transcript-alerts.ts';
import { recordingCommands } from '#voicemail/recording-commands.ts';
import { recordingEntities } from '#voicemail/recording-entities.ts';
import { voicemailCommands } from '#voicemail/voicemail-commands.ts';
import { voicemailEntities } from '#voicemail/voicemail-entities.ts';
import type { NameOf } from '#voicemail/ports.ts';
import { createVoicemailRoom } from '#voicemail/voicemail-room.ts';
import type { VoicemailRoom } from '#voicemail/voicemail-room.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';
import type { TwilioServices } from './twilio.ts';

type VoicemailDeps = AppContext & {
  readonly storage: Storage;
  readonly twilio: TwilioServices;
  readonly calls: Calls;
  readonly cdrs: CdrStore;
  readonly pstnCalls: PstnCalls;
  readonly devices: Devices;
  readonly numbers: Numbers;
  readonly people: People;
  readonly contacts: Contacts;
  readonly speech: SpeechToText | undefined;
  /** Where the rest goes that Twilio has and did not notify us of. */
  readonly sinks: Omit<ReconcilerSinks, 'recording'>;
};

export type VoicemailServices = {
  readonly room: VoicemailRoom;
  readonly reconcile: Reconciler;
  /** A message that was left, for the event of its call. */
  readonly left: (id: VoicemailId) => LeftVoicemail | undefined;
  readonly face: RoomFace;
};

export async function composeVoicemail(deps: VoicemailDeps): Promise<VoicemailServices> {
  const { storage, twilio, stack, clock, events } = deps;
  const room = createRoom(deps, () => reconcile.expectRecording());
  const reconcile = new Reconciler({
    connection: twilio.connection,
    watermarks: new Watermarks(storage.db),
    clock,
    log: deps.log.child({ room: 'twilio' }),
    sinks: { ...deps.sinks, recording: recordingSink({ connection: twilio.connection, voicemail: room }) },
  });
  stack.defer(events.on('call.changed', ({ callId, state }) => room.callRecordings.callChanged(callId, state)));
  stack.defer(events.on('call.ended', ({ callId }) => room.callRecordings.ended(callId)));
  stack.defer(() => room.stop());
  await room.start();
  // What is only in memory would forget what it took, and take it again from the file.
  if (storage.mode === 'normal') startReconcile(deps, reconcile);
  const mailboxes = { voicemails: room.voicemails, people: deps.people, nameOf: nameIn(deps.contacts) };
  const recorded = { callRecordings: room.callRecordings, devices: deps.devices, callOf: callIn(deps.calls) };
  const face = faceOf({
    routes: room.routes,
    entities: [...voicemailEntities(mailboxes), ...recordingEntities(recorded)],
    commands: [...voicemailCommands(mailboxes), ...recordingCommands(recorded)],
    alerts: [...recordingAlerts(room.space), ...transcriptAlerts(room.transcriber)],
    probes: {
      recordings: () => room.space.health(),
      transcripts: () => room.transcriber.health(),
      reconciliation: () => reconcile.health(),
    },
  });
  return { room, reconcile, left: (id) => leftVoicemail(room.voicemails.byId(id), nameIn(deps.contacts)), face };
}

function startReconcile({ stack, twilio, onClockStep }: VoicemailDeps, reconcile: Reconciler): void {
  stack.defer(() => reconcile.stop());
  stack.defer(onClockStep((byMs) => reconcile.clockSet(byMs)));
  reconcile.start();
  stack.defer(twilio.settings.onChange(() => reconcile.accountChanged()));
}

function createRoom(deps: VoicemailDeps, onRecordedCallEnded: () => void): VoicemailRoom {
  const { options, storage, twilio, calls, cdrs, pstnCalls, devices, numbers, clock } = deps;
  const { connection, outbox, settings } = twilio;
  outbox.register(recordingDeletionKind, recordingDeletionHandler(connection));
  return createVoicemailRoom({
    db: storage.db,
    writes: storage.writes,
    isDurable: storage.mode === 'normal',
    dataDirectory: options.dataDirectory,
    clock,
    newId: deps.newId,
    events: deps.events,
    log: deps.log.child({ room: 'voicemail' }),
    source: recordingSource(connection),
    recorder: recorder({ connection, publicUrl: () => settings.current.publicUrl, clock }),
    deleteAtSource: (externalId) => void outbox.enqueue(recordingDeletion(externalId)),
    calls: pstnCalls,
    ownerOf: (number) => numbers.byNumber(number)?.ownerPersonId,
    isPerson: (personId) => deps.people.byId(personId) !== undefined,
    isRecordingEnabled: (deviceId) => devices.byId(deviceId)?.recordingEnabled === true,
    callOf: (callId) => {
      const call = calls.get(callId);
      return call === undefined ? undefined : recordableCall(call, pstnCalls.callSidOf(callId));
    },
    personsOf: (callId) => personsOfRecord(callId, { calls, cdrs }),
    onRecordedCallEnded,
    speech: deps.speech,
    nameOf: nameIn(deps.contacts),
    numbersNamed: (text, personId) => deps.contacts.numbersNamed(text, personId),
  });
}

/** The call that a phone is in, or the only one that was answered. */
function callIn(calls: Calls) {
  return (deviceId?: DeviceId): CallId | undefined => {
    if (deviceId !== undefined) return phoneCall(deviceId, calls.list()).of?.call.record.id;
    const [only, ...others] = calls.list().filter(({ phase }) => phase !== 'ringing');
    return others.length === 0 ? only?.record.id : undefined;
  };
}

/** As the event of its call has it. */
function leftVoicemail(found: Voicemail | undefined, nameOf: NameOf): LeftVoicemail | undefined {
  if (found === undefined) return undefined;
  const { id, personId, callId, seconds, callerNumber: number, callerName } = found;
  return { id, personId, callId, seconds, number, name: nameOf(number, personId) ?? callerName };
}

function nameIn(contacts: Contacts): NameOf {
  return (number, personId) => contacts.byNumber(number, personId)?.name;
}
