// The whole voicemail room on a real database and real files, with a Twilio of a few lines whose answers a test sets.
// Called by the tests of src/voicemail and by the program that the kill test kills.
// Must stay true: nothing but Twilio and time is made up.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { Events } from '#base/events.ts';
import type { PersonId } from '#base/ids.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { factNames } from '#contract/facts.ts';
import type { Facts } from '#contract/facts.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import type { FetchResult } from '#storage/fetch-result.ts';
import type {
  CallInProgress,
  CallOutcome,
  CallWithMessage,
  NumbersNamed,
  Recorder,
  RecordingSource,
  SpeechToText,
} from '#voicemail/ports.ts';
import type { RecordingNotice } from '#voicemail/recording.ts';
import { createVoicemailRoom } from '#voicemail/voicemail-room.ts';
import type { VoicemailRoom } from '#voicemail/voicemail-room.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { toneWav } from '#testing/base/wav.ts';

export type PublishedFact = { readonly name: keyof Facts; readonly fact: object };

export type VoicemailHarnessOptions = {
  readonly folder?: string;
  readonly clock?: Clock;
  /** The database alone: for tests of the edges, which start no room. */
  readonly isInMemory?: boolean;
  /** In place of `records` and `outcomes`. */
  readonly calls?: CallOutcome;
  readonly speech?: SpeechToText;
};

export class VoicemailHarness implements AsyncDisposable {
  readonly folder: string;
  readonly clock: FakeClock;
  readonly room: VoicemailRoom;
  readonly db: ReturnType<typeof openDatabase>['db'];
  readonly writes: WriteBatch;
  readonly facts: PublishedFact[] = [];
  readonly events: Events<Facts>;
  /** External ids that were fetched, in order. */
  readonly fetched: string[] = [];
  readonly deletedAtTwilio: string[] = [];
  /** What Twilio answers, by external id; the last one again and again. Without one it has a whole message of 5 seconds. */
  readonly answers = new Map<string, (() => FetchResult)[]>();
  readonly calls = new Map<string, CallInProgress>();
  /** The records of calls that messages are left in, by the external id of the call. */
  readonly records = new Map<string, CallWithMessage>();
  /** Every verdict reported to calls, such as `CA-RE1 message`. */
  readonly outcomes: string[] = [];
  recordedCallsEnded = 0;
  readonly recordedDevices = new Set<string>();
  readonly recorderLog: string[] = [];
  recorderFailure: string | undefined;
  callFacts: Awaited<ReturnType<RecordingSource['callOf']>> = { kind: 'gone' };
  freeBytes = 10_000_000_000;
  numbersNamed: NumbersNamed = () => [];
  readonly #ownsFolder: boolean;

  constructor({ folder, clock = new FakeClock(), calls, speech, isInMemory = false }: VoicemailHarnessOptions = {}) {
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'gosip-voicemail-'));
    this.#ownsFolder = folder === undefined;
    this.clock = clock as FakeClock;
    const log = createLog({ level: 'silent' });
    const { db } = openDatabase({ path: isInMemory ? ':memory:' : join(this.folder, 'gosip.db'), log, clock });
    this.db = db;
    this.writes = new WriteBatch({ db, log });
    this.events = new Events<Facts>(log);
    for (const name of factNames) {
      this.events.on(name, (fact) => void this.facts.push({ name, fact }));
    }
    for (const id of ['person_anna', 'person_ben']) {
      db.prepare(
        "INSERT OR IGNORE INTO users (id, username, name, role, created_at, changed_at) VALUES (?, ?, ?, 'user', 1, 1)",
      ).run(id, id, id);
    }
    this.room = createVoicemailRoom({
      db,
      writes: this.writes,
      isDurable: true,
      dataDirectory: this.folder,
      clock,
      newId,
      events: this.events,
      log,
      source: this.#source(),
      recorder: this.#recorder(),
      deleteAtSource: (externalId) => void this.deletedAtTwilio.push(externalId),
      calls: calls ?? this.#callOutcome(),
      onRecordedCallEnded: () => void (this.recordedCallsEnded += 1),
      ownerOf: (number) => (number === '+14165550100' ? 'person_anna' : undefined),
      isPerson: (id) => id === 'person_anna' || id === 'person_ben',
      isRecordingEnabled: (deviceId) => this.recordedDevices.has(deviceId),
      callOf: (callId) => this.calls.get(callId),
      personsOf: (callId) => this.calls.get(callId)?.personIds,
      speech,
      numbersNamed: (text, personId) => this.numbersNamed(text, personId),
      freeBytes: async () => this.freeBytes,
    });
  }

  /** Names of the audio files there are, of voicemail by default. */
  files(kind: 'voicemail' | 'recordings' | 'greetings' = 'voicemail'): readonly string[] {
    try {
      return readdirSync(join(this.folder, kind));
    } catch {
      return [];
    }
  }

  /** Facts of those names so far, in their order. */
  factNames(prefix = 'voicemail.'): readonly string[] {
    return this.facts.flatMap(({ name }) => (name.startsWith(prefix) ? [name] : []));
  }

  voicemails() {
    return this.room.voicemails.list({}, { limit: 100, offset: 0, sort: 'leftAt', order: 'asc' }).items;
  }

  /** A notice of a recording whose call is in the mailbox of that person; undefined: of a call without a record. */
  announce(given: RecordingNotice, personId?: PersonId): Promise<void> {
    if (personId !== undefined) this.records.set(given.externalCallId ?? '', recordFor(personId));
    return this.room.recorded(given);
  }

  /** The state of a recording as the table has it. */
  stateOf(externalId: string): string | undefined {
    const row = this.db
      .prepare<[string], { state: string }>('SELECT state FROM recordings WHERE external_id = ?')
      .get(externalId);
    return row?.state;
  }

  /** The external ids of the messages there are, oldest first. */
  externalIds(): readonly (string | null)[] {
    const get = this.db.prepare<[string], { external_id: string | null }>('SELECT external_id FROM recordings WHERE id = ?');
    return this.voicemails().map(({ recordingId }) => get.get(recordingId)?.external_id ?? null);
  }

  /** Moves time from one back-off to the next until the state is reached; while there is work, it stands still. */
  async reaches(sid: string, state: string): Promise<void> {
    const next = this.db.prepare<[], { at: number | null }>('SELECT min(due_at) AS at FROM recordings');
    for (let turns = 0; this.stateOf(sid) !== state; turns += 1) {
      if (turns > 1_000_000) throw new Error(`${sid} is ${this.stateOf(sid)}, not ${state}`);
      await new Promise((resolve) => setImmediate(resolve));
      this.clock.advance(Math.max(0, (next.get()?.at ?? 0) - this.clock.now()));
    }
    await this.idle();
  }

  /** Waits for real work to come to something; time stands still. */
  async until(condition: () => boolean): Promise<void> {
    for (let turns = 0; !condition(); turns += 1) {
      if (turns > 1_000_000) throw new Error(`It never came to that: ${condition.toString()}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Gives what should not happen a chance to happen; time stands still. */
  async idle(): Promise<void> {
    for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.room.stop();
    this.writes.flush();
    this.db.close();
    if (this.#ownsFolder) rmSync(this.folder, { recursive: true, force: true });
  }

  #source(): RecordingSource {
    return {
      fetch: async ({ externalId = '' }) => {
        this.fetched.push(externalId);
        const answers = this.answers.get(externalId) ?? [];
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return answer?.() ?? wav(toneWav({ frequency: 440, seconds: 5 }));
      },
      callOf: async () => this.callFacts,
    };
  }

  #recorder(): Recorder {
    const act = (what: string) => {
      this.recorderLog.push(what);
      return this.recorderFailure === undefined ? undefined : ({ kind: 'failed', message: this.recorderFailure } as const);
    };
    return {
      refusal: (trunk) => (trunk === 'twilio' ? undefined : 'This call cannot be recorded'),
      find: async ({ dialled }) => act(`find ${dialled}`) ?? { kind: 'ok', externalCallId: 'CA-found' },
      start: async (callSid) =>
        act(`start ${callSid}`) ?? {
          kind: 'ok',
          notice: callNotice(`RE-${callSid}`, { externalCallId: callSid, state: 'running' }),
        },
      change: async ({ externalId }, change) => act(`${change} ${externalId}`) ?? { kind: 'ok' },
    };
  }

  #callOutcome(): CallOutcome {
    const recordOf = (externalCallId: string) => this.records.get(externalCallId);
    return {
      recordOf,
      messageLeft: (externalCallId, { kind }) => {
        this.outcomes.push(`${externalCallId} ${kind}`);
        return recordOf(externalCallId);
      },
    };
  }
}

/** The answer with those bytes, in pieces; `breaksAfter`: the connection ends there. `announced`: Content-Length. */
export function wav(
  bytes: Buffer,
  { breaksAfter, announced = bytes.length }: { breaksAfter?: number; announced?: number } = {},
): FetchResult {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 4096) {
      if (breaksAfter !== undefined && at >= breaksAfter) throw new Error('ECONNRESET');
      yield bytes.subarray(at, at + 4096);
    }
  }
  return { kind: 'ok', bytes: announced, chunks: pieces() };
}

/** Of a whole message of five seconds. */
export function messageNotice(externalId: string, more: Partial<RecordingNotice> = {}): RecordingNotice {
  return {
    source: 'twilio',
    externalId,
    externalCallId: `CA-${externalId}`,
    kind: 'voicemail',
    state: 'complete',
    seconds: 5,
    channels: 1,
    startedAt: undefined,
    callId: undefined,
    ...more,
  };
}

export function callNotice(externalId: string, more: Partial<RecordingNotice> = {}): RecordingNotice {
  return messageNotice(externalId, { kind: 'call', ...more });
}

export function recordFor(personId: PersonId | undefined, more: Partial<CallWithMessage> = {}): CallWithMessage {
  return {
    id: 'call_1',
    caller: { number: '+15555550123', name: 'Carl' },
    callee: { personId },
    number: '+14165550100',
    ...more,
  };
}
