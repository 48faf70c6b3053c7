import { rfc2822 } from '#testing/twilio/base/dates.ts';
import type { MediaHost } from '#testing/twilio/base/media-host.ts';
import { seconds } from '#testing/twilio/base/recordings.ts';
import { isInTime } from './rest-messages.ts';
import { gone, ok, page2010, refuse, unknown } from './rest-reply.ts';
import type { RestReply, RestRequest } from './rest-reply.ts';
import { apiRoute } from './rest-route.ts';
import type { RestRoute } from './rest-route.ts';
import type { Json, RecordingRecord, TranscriptionRecord } from '#testing/twilio/base/records.ts';
import type { EmulatorState } from '#testing/twilio/base/state.ts';
import { mixed, readWavFile, wavFile } from '#testing/twilio/base/wav-file.ts';

export function recordingRoutes(state: EmulatorState, mediaHost: MediaHost): readonly RestRoute[] {
  const withRecording =
    (answer: (recording: RecordingRecord, request: RestRequest) => RestReply) =>
    (request: RestRequest): RestReply => {
      const recording = state.recordings.get(request.params['sid'] ?? '');
      return recording === undefined ? unknown(request.path) : answer(recording, request);
    };
  const withText =
    (answer: (transcription: TranscriptionRecord, request: RestRequest) => RestReply) =>
    (request: RestRequest): RestReply => {
      const transcription = state.transcriptions.get(request.params['sid'] ?? '');
      return transcription === undefined ? unknown(request.path) : answer(transcription, request);
    };
  return [
    apiRoute('GET', '/Recordings', 'recordings.list', (request) => list(state, request)),
    apiRoute(
      'GET',
      '/Recordings/:sid',
      'recordings.media',
      withRecording((recording, request) => fetch(state, mediaHost, { recording, request })),
    ),
    apiRoute(
      'DELETE',
      '/Recordings/:sid',
      'recordings.delete',
      withRecording((recording) => remove(state, recording)),
    ),
    apiRoute(
      'GET',
      '/Recordings/:sid/Transcriptions',
      'transcriptions.list',
      withRecording((recording, request) => listTexts(state, request, ({ recordingSid }) => recordingSid === recording.sid)),
    ),
    apiRoute('GET', '/Transcriptions', 'transcriptions.list', (request) => listTexts(state, request, () => true)),
    apiRoute(
      'GET',
      '/Transcriptions/:sid',
      'transcriptions.fetch',
      withText((text, request) => fetchText(state, text, request)),
    ),
    apiRoute(
      'DELETE',
      '/Transcriptions/:sid',
      'transcriptions.delete',
      withText((text) => {
        state.transcriptions.delete(text.sid);
        return gone();
      }),
    ),
  ];
}

function list(state: EmulatorState, request: RestRequest): RestReply {
  const { query } = request;
  const withDeleted = query.get('IncludeSoftDeleted')?.toLowerCase() === 'true';
  const items = [...state.recordings.values()]
    .filter(({ status, callSid }) => (withDeleted || status !== 'deleted') && (query.get('CallSid') ?? callSid) === callSid)
    .filter(({ createdMs }) => isInTime(createdMs, query, state.switches, 'DateCreated'))
    .toReversed();
  const isShifted =
    query.has('PageToken') && state.faults.take('rest.page-changes-while-paging', 'recordings.list') !== undefined;
  return page2010(request, {
    items,
    key: 'recordings',
    sidOf: ({ sid }) => sid,
    toJson: (recording) => recordingJson(state, recording),
    isShifted,
  });
}

type RecordingRouteRequest = { readonly recording: RecordingRecord; readonly request: RestRequest };

function fetch(state: EmulatorState, mediaHost: MediaHost, { recording, request }: RecordingRouteRequest): RestReply {
  const { extension, query, path } = request;
  const isMedia =
    extension === 'wav' || extension === 'mp3' || (extension === '' && state.switches.recordingWithoutExtension === 'wav');
  if (!isMedia) {
    // Deleted ones are remembered for a while, for those who ask for them.
    const isHidden = recording.status === 'deleted' && query.get('IncludeSoftDeleted')?.toLowerCase() !== 'true';
    return isHidden ? unknown(path) : ok(recordingJson(state, recording));
  }
  const { wav } = recording;
  const { recordingStorage } = state.switches;
  if (recordingStorage === 'external') return unknown(path);
  if (recordingStorage === 'encrypted' && wav !== undefined) {
    const body = wav.map((byte, index) => byte ^ ((index * 151 + 89) & 0xff));
    return { status: 200, headers: { 'Content-Type': 'audio/x-wav' }, body: Buffer.from(body) };
  }
  if (wav === undefined || recording.status !== 'completed' || state.now() < recording.visibleFromMs) return unknown(path);
  const wanted = query.get('RequestedChannels');
  if (wanted === '2' && recording.channels === 1) return refuse(400, 20_001, 'The recording has one channel only');
  const isDual = recording.channels === 2 && (wanted === '2' || (wanted === null && extension !== 'mp3'));
  const bytes = recording.channels === 2 && !isDual ? oneChannel(wav) : wav;
  const contentType = extension === 'mp3' ? 'audio/mpeg' : 'audio/x-wav';
  // No encoder stands behind the mp3: its bytes only look like one.
  const body = extension === 'mp3' ? Buffer.concat([Buffer.from([0xff, 0xfb, 0x50, 0x00]), bytes.subarray(44)]) : bytes;
  if (state.switches.recordingsRedirect) {
    return { status: 302, headers: { Location: mediaHost.publish({ contentType, bytes: body }) }, body: Buffer.alloc(0) };
  }
  return { status: 200, headers: { 'Content-Type': contentType }, body };
}

function oneChannel(wav: Buffer): Buffer {
  const [one = new Int16Array(), other = new Int16Array()] = readWavFile(wav) ?? [];
  return wavFile([mixed(one, other)]);
}

function remove(state: EmulatorState, recording: RecordingRecord): RestReply {
  if (recording.status === 'deleted') return unknown(recording.sid);
  if (recording.status !== 'completed' && recording.status !== 'absent')
    return refuse(409, 20_009, 'The recording is not completed yet');
  recording.status = 'deleted';
  recording.updatedMs = state.now();
  recording.wav = undefined;
  return gone();
}

/** As `/Recordings` shapes it. */
export function recordingJson(state: EmulatorState, recording: RecordingRecord): Json {
  const uri = `/2010-04-01/Accounts/${state.account.sid}/Recordings/${recording.sid}`;
  return {
    ...recordingFields(state, recording),
    uri: `${uri}.json`,
    media_url: mediaUrl(state, uri),
    subresource_uris: { transcriptions: `${uri}/Transcriptions.json` },
  };
}

/** As `/Calls/CA…/Recordings` shapes it: with its track, without an address of the audio. */
export function callRecordingJson(state: EmulatorState, recording: RecordingRecord): Json {
  const call = `/2010-04-01/Accounts/${state.account.sid}/Calls/${recording.callSid}`;
  return {
    ...recordingFields(state, recording),
    track: recording.track,
    uri: `${call}/Recordings/${recording.sid}.json`,
  };
}

function recordingFields(state: EmulatorState, recording: RecordingRecord): Readonly<Record<string, Json>> {
  const isRunning = recording.status === 'in-progress' || recording.status === 'paused';
  return {
    account_sid: state.account.sid,
    api_version: '2010-04-01',
    call_sid: recording.callSid,
    conference_sid: null,
    channels: recording.channels,
    date_created: rfc2822(recording.createdMs),
    date_updated: rfc2822(recording.updatedMs),
    start_time: rfc2822(recording.createdMs),
    duration: isRunning || recording.durationMs === null ? null : String(seconds(recording.durationMs)),
    price: recording.price,
    price_unit: 'USD',
    sid: recording.sid,
    source: recording.source,
    status: recording.status,
    error_code: recording.errorCode,
    encryption_details:
      state.switches.recordingStorage === 'encrypted'
        ? { public_key_sid: `CR${'0'.repeat(32)}`, encrypted_cek: 'c2VhbGVk', iv: 'aXY' }
        : null,
  };
}

function mediaUrl({ switches, account }: EmulatorState, uri: string): string {
  const isOutside = switches.recordingStorage === 'external';
  return isOutside
    ? `https://house-recordings.s3.amazonaws.com/${account.sid}${uri.slice(uri.lastIndexOf('/'))}`
    : `https://api.twilio.com${uri}`;
}

function listTexts(state: EmulatorState, request: RestRequest, isMeant: (text: TranscriptionRecord) => boolean): RestReply {
  return page2010(request, {
    items: [...state.transcriptions.values()].filter(isMeant).toReversed(),
    key: 'transcriptions',
    sidOf: ({ sid }) => sid,
    toJson: (text) => textJson(state, text),
  });
}

function fetchText(state: EmulatorState, text: TranscriptionRecord, { extension }: RestRequest): RestReply {
  if (extension !== 'txt') return ok(textJson(state, text));
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: Buffer.from(text.text) };
}

function textJson(state: EmulatorState, { sid, recordingSid, status, text, durationMs, createdMs }: TranscriptionRecord): Json {
  return {
    sid,
    account_sid: state.account.sid,
    api_version: '2010-04-01',
    recording_sid: recordingSid,
    status,
    transcription_text: text,
    duration: String(seconds(durationMs)),
    price: status === 'completed' ? '-0.05000' : null,
    price_unit: 'USD',
    type: 'fast',
    date_created: rfc2822(createdMs),
    date_updated: rfc2822(createdMs),
    uri: `/2010-04-01/Accounts/${state.account.sid}/Transcriptions/${sid}.json`,
  };
}
