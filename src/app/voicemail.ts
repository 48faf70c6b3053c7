// Composes voicemail and call recordings with the calls they belong to and with Twilio, where their sound comes from.
// Called by app.ts, once calls and the bridge to Twilio are there.
// Must stay true: nothing here decides anything; it fits ports together and starts what it made.
import { isoTime } from '#base/clock.ts';
import type { CallRecord } from '#calls/call.ts';
import type { Calls } from '#calls/calls.ts';
import type { CdrStore } from '#calls/cdr-store.ts';
import type { PstnCalls } from '#calls/pstn-calls.ts';
import type { Devices } from '#devices/devices.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { AttemptOutcome } from '#storage/outbox-item.ts';
import { Watermarks } from '#storage/watermarks.ts';
import { recorder, recordingSource } from '#twilio/sync/recording-source.ts';
import { Reconciler } from '#twilio/sync/reconcile.ts';
import type { ReconcilerSinks } from '#twilio/sync/reconcile.ts';
import type { TwilioRecording } from '#twilio/api/records.ts';
import { isAbsent } from '#twilio/api/result.ts';
import type { TwilioResult } from '#twilio/api/result.ts';
import { trunkName } from '#twilio/api/settings.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';
import { fallbackVoicemail } from '#twilio/webhooks/webhook-ports.ts';
import type { RecordingNotice, VoicemailPort } from '#twilio/webhooks/webhook-ports.ts';
import type { RecordableCall } from '#voicemail/ports.ts';
import { createVoicemailRoom } from '#voicemail/voicemail-room.ts';
import type { VoicemailRoom } from '#voicemail/voicemail-room.ts';
import type { VoicemailCall } from '#voicemail/voicemail-store.ts';
import type { Storage, AppContext } from './context.ts';
import type { TwilioServices } from './twilio.ts';

type VoicemailRoomDeps = AppContext & {
  readonly storage: Storage;
  readonly twilio: TwilioServices;
  readonly calls: Calls;
  readonly cdrs: CdrStore;
  readonly pstnCalls: Pick<PstnCalls, 'callSidOf' | 'recordOf' | 'voicemailDone'>;
  readonly devices: Devices;
  readonly numbers: Numbers;
  readonly isPerson: (personId: string) => boolean;
  /** Where else goes what Twilio has and nobody told us. */
  readonly sinks: Omit<ReconcilerSinks, 'recording'>;
};

export type VoicemailServices = {
  readonly room: VoicemailRoom;
  readonly reconcile: Reconciler;
  /** For the webhooks. */
  readonly port: VoicemailPort;
};

const kind = 'recording-delete';
const weekSeconds = 7 * 86_400;
/** After a recorded call, for the file to be ready; where Twilio reaches us it says so itself, and sooner. */
const recordingReadyMs = 20_000;

export async function composeVoicemail(deps: VoicemailRoomDeps): Promise<VoicemailServices> {
  const { storage, twilio, stack, clock, pstnCalls: outside } = deps;
  const log = deps.log.child({ room: 'voicemail' });
  const room = createRoom({ ...deps, log });
  const reconcile = new Reconciler({
    connection: twilio.connection,
    watermarks: new Watermarks(storage.db),
    clock,
    log: deps.log.child({ room: 'twilio' }),
    sinks: {
      ...deps.sinks,
      async recording(recording) {
        await takeRecording(recording, room, outside);
        await takeTranscript(recording.sid, room, twilio.connection);
      },
    },
  });
  followCalls(deps, room, reconcile);
  watchHealth(deps, room, reconcile);
  stack.defer(() => room.stop());
  await room.start();
  // What is only in memory would forget what it took, and take it again from the file.
  if (storage.mode === 'normal') startReconcile(deps, reconcile);
  return { room, reconcile, port: portOf(room) };
}

/** Recordings begin and end with the calls they are of. */
function followCalls(
  { events, clock, stack }: VoicemailRoomDeps,
  { callRecordings }: VoicemailRoom,
  reconcile: Reconciler,
): void {
  const unsubscribers = [
    events.on('call.changed', ({ callId, state }) => {
      if (state === 'in_call') void callRecordings.answered(callId);
    }),
    events.on('call.ended', ({ callId }) => {
      const isRecorded = callRecordings.stateOf(callId) !== 'off';
      callRecordings.ended(callId);
      if (isRecorded) clock.after(recordingReadyMs, () => void reconcile.run());
    }),
  ];
  stack.defer(() => unsubscribers.forEach((end) => end()));
}

function watchHealth({ health }: VoicemailRoomDeps, room: VoicemailRoom, reconcile: Reconciler): void {
  health.watch('recordings', () => {
    const { problem } = room.space;
    return problem === undefined
      ? { status: 'ok', message: 'There is room for recordings' }
      : { status: 'degraded', message: problem };
  });
  health.watch('reconciliation', () => {
    if (reconcile.problem !== undefined) return { status: 'degraded', message: `Twilio could not be read: ${reconcile.problem}` };
    const at = reconcile.lastAt;
    return { status: 'ok', message: at === undefined ? 'Twilio was not asked yet' : `Twilio was asked at ${isoTime(at)}` };
  });
}

function startReconcile({ stack, twilio, onClockStep }: VoicemailRoomDeps, reconcile: Reconciler): void {
  stack.defer(() => reconcile.stop());
  stack.defer(onClockStep((byMs) => reconcile.clockSet(byMs)));
  reconcile.start();
  // From the moment there is an account, what it gets is ours to know, also where we are stopped before the next look.
  stack.defer(
    twilio.settings.onChange(({ accountSid }) => {
      if (accountSid !== undefined && reconcile.lastAt === undefined) void reconcile.run();
    }),
  );
}

function createRoom(deps: VoicemailRoomDeps): VoicemailRoom {
  const { options, storage, twilio, calls, cdrs, pstnCalls: outside, devices, numbers } = deps;
  const { connection, outbox, settings } = twilio;
  const statusCallback = () => {
    const { publicUrl } = settings.current;
    return publicUrl === undefined ? undefined : webhookUrl(publicUrl, webhookPaths.recording);
  };
  outbox.register<{ readonly sid: string }>(kind, {
    service: 'Twilio',
    attempt: async ({ payload }) => toOutcome(await connection.request((client) => client.deleteRecording(payload.sid))),
    whenInDoubt: 'repeat',
  });
  return createVoicemailRoom({
    ...deps,
    db: storage.db,
    writes: storage.writes,
    isDurable: storage.mode === 'normal',
    dataDirectory: options.dataDirectory,
    source: recordingSource(connection),
    recorder: recorder(connection, statusCallback, deps.clock),
    deleteAtTwilio: (sid) =>
      void outbox.enqueue({ kind, orderKey: `recording:${sid}`, payload: { sid }, giveUpAfterSeconds: weekSeconds }),
    onDiscarded: ({ callSid, seconds }) => outside.voicemailDone(callSid, { isThere: false, seconds, minSeconds: 0 }),
    ownerOf: (number) => numbers.byNumber(number)?.ownerPersonId,
    isRecordingEnabled: (deviceId) => devices.byId(deviceId)?.recordingEnabled === true,
    callOf: (callId) => recordable(calls, outside, callId),
    personsOf: (callId) =>
      cdrs.get(callId) === undefined ? undefined : cdrs.legsOf(callId).flatMap(({ personId }) => personId ?? []),
  });
}

function recordable(calls: Calls, pstnCalls: VoicemailRoomDeps['pstnCalls'], callId: string): RecordableCall | undefined {
  const call = calls.get(callId);
  if (call === undefined) return undefined;
  const legs = [...call.legs];
  const { trunk, direction, number, callee, startedAt } = call.record;
  return {
    callId,
    callSid: pstnCalls.callSidOf(callId),
    atTwilio: trunk === trunkName ? { to: direction === 'inbound' ? (number ?? '') : callee.number, startedAt } : undefined,
    isAnswered: call.record.answeredAt !== undefined,
    personIds: legs.flatMap(({ personId }) => personId ?? []),
    deviceIds: legs.flatMap(({ deviceId, answeredAt }) => (answeredAt === undefined ? [] : (deviceId ?? []))),
  };
}

/** What nobody told us; calls hears of it as from the callback that was lost. */
async function takeRecording(
  recording: TwilioRecording,
  room: VoicemailRoom,
  pstnCalls: VoicemailRoomDeps['pstnCalls'],
): Promise<void> {
  const { sid, callSid, status, source, durationSeconds: seconds, channels, startedAt, createdAt } = recording;
  const record = pstnCalls.recordOf(callSid);
  if (source === 'RecordVerb' && status === 'completed') {
    const isThere = !room.recordings.isDiscarded(sid);
    pstnCalls.voicemailDone(callSid, { isThere, seconds, minSeconds: room.settings.current.discardBelowSeconds });
  }
  const announcement = { recordingSid: sid, callSid, status, source, seconds, channels, startedAt: startedAt ?? createdAt };
  await room.recordings.applyUpdate({ ...announcement, callId: record?.id }, record === undefined ? undefined : toCall(record));
}

/** The transcript whose callback was lost. */
async function takeTranscript(
  recordingSid: string,
  room: VoicemailRoom,
  connection: TwilioServices['connection'],
): Promise<void> {
  if (!room.settings.current.transcribe || !room.voicemails.lacksTranscript(recordingSid)) return;
  const found = await connection.request((client) => client.listTranscriptions(recordingSid));
  for (const { status, text } of found.kind === 'ok' ? found.value : []) {
    if (status === 'completed') await room.voicemails.saveTranscript({ recordingSid, source: 'twilio', status, text });
  }
}

function toCall({ id, caller, callee, number }: CallRecord): VoicemailCall {
  return { callId: id, personId: callee.personId, callerNumber: caller.number, callerName: caller.name, number };
}

function portOf({ greetings, settings, recordings, voicemails }: VoicemailRoom): VoicemailPort {
  return {
    greetingFor(personId) {
      const greeting = personId === undefined ? undefined : greetings.of(personId);
      if (greeting === undefined || greeting.kind === 'standard') return fallbackVoicemail.greetingFor(personId);
      if (greeting.kind === 'audio') return { kind: 'audio', token: greeting.token };
      return { kind: 'text', text: greeting.text, language: greeting.language || undefined, voice: undefined };
    },
    rulesFor() {
      const { mostSeconds, silenceSeconds, discardBelowSeconds, transcribe } = settings.current;
      return { maxSeconds: mostSeconds, silenceSeconds, minSeconds: discardBelowSeconds, transcribe };
    },
    isDiscarded: (recordingSid) => recordings.isDiscarded(recordingSid),
    onRecording: (notice) => takeNotice(notice, recordings),
    onTranscription: ({ recordingSid, status, text }) =>
      voicemails.saveTranscript({
        recordingSid,
        source: 'twilio',
        status: status === 'completed' ? 'completed' : 'failed',
        text,
      }),
  };
}

function takeNotice(notice: RecordingNotice, recordings: VoicemailRoom['recordings']): Promise<void> {
  const { recordingSid, callSid, status, source, durationSeconds: seconds, channels = 1, startedAt, call } = notice;
  const announcement = { recordingSid, callSid, status, source, seconds, channels, startedAt, callId: call?.callId };
  return recordings.applyUpdate(announcement, call);
}

function toOutcome(result: TwilioResult<void>): AttemptOutcome {
  if (result.kind === 'ok' || isAbsent(result)) return { kind: 'done' };
  const { kind: failure, message, code, retryAfterSeconds } = result;
  // Refused while Twilio still works on it.
  if (failure === 'refused') return { kind: code === 20009 ? 'retry' : 'failed', message, code };
  return failure === 'unreachable' ? { kind: failure, message } : { kind: failure, message, retryAfterSeconds };
}
