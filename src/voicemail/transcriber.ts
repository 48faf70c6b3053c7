// Owns the transcripts that are made in the house: which message is next, one at a time, and what becomes of each try.
// Called by the room; the recognizer itself is a port.
// Must stay true: what is to be done follows from the database (a message without a transcript), so nothing is forgotten over a restart.
import type { Clock } from '#base/clock.ts';
import { DueWork } from '#base/due-work.ts';
import type { RecordingId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { PartHealth } from '#contract/system.ts';
import type { AudioFiles } from './audio-files.ts';
import type { SpeechResult, SpeechToText } from './ports.ts';
import { fileNameOf } from './recording.ts';
import { readSpeech } from './speech-audio.ts';
import type { Transcript, TranscriptStore } from './transcript-store.ts';
import type { VoicemailSettings } from './voicemail-settings.ts';

export type TranscriberDeps = {
  readonly store: Pick<TranscriptStore, 'missing'>;
  readonly files: AudioFiles;
  readonly settings: () => VoicemailSettings;
  /** Undefined where the house has no recognizer. */
  readonly speech: SpeechToText | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps what was understood. Resolves after the commit. */
  readonly save: (recordingId: RecordingId, transcript: Pick<Transcript, 'status' | 'text'>) => Promise<void>;
};

type Tries = { readonly count: number; readonly dueAt: number };

/** Older messages stay without a transcript: whoever turns it on does not want years of them. */
export const maxAgeMs = 7 * 86_400_000;
/** After each failed try of one message; then it is given up. */
const retryMs = [60_000, 300_000, 900_000] as const;
/** How long it waits where none can be done, the first time and then; it is called earlier when the recognizer is back. */
const firstPauseMs = 60_000;
const pauseMs = 300_000;
const stopTimeoutMs = 3000;
const noSpeech = 'Home Assistant is to transcribe voicemails and is not set up: set home_assistant_url and home_assistant_token';

export class Transcriber {
  readonly #deps: TranscriberDeps;
  readonly #work: DueWork<RecordingId>;
  readonly #tries = new Map<RecordingId, Tries>();
  #pausedUntil = 0;
  #pauses = 0;
  #problem: (SpeechResult & { readonly kind: 'later' }) | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(deps: TranscriberDeps) {
    this.#deps = deps;
    this.#work = new DueWork({
      clock: deps.clock,
      next: () => this.#next(),
      run: (recordingId) => this.#transcribe(recordingId),
      onFault: (error) => deps.log.error({ err: error }, 'Transcribing voicemails failed'),
      afterFaultMs: pauseMs,
    });
  }

  /** Why no message can be transcribed and somebody must do something; undefined where all is well or off. */
  get problem(): string | undefined {
    const { settings, speech } = this.#deps;
    if (settings().transcription !== 'home-assistant') return undefined;
    if (speech === undefined) return noSpeech;
    // A Home Assistant that has just started does not know its engines yet.
    return this.#problem?.isFault === true && this.#pauses > 1 ? this.#problem.message : undefined;
  }

  /** Whether a message that is left now will be transcribed soon. */
  get isReady(): boolean {
    return this.#problem === undefined && this.#deps.speech?.isReady === true;
  }

  health(): PartHealth {
    const by = {
      off: 'Voicemails are not transcribed',
      twilio: 'Twilio transcribes',
      'home-assistant': 'Home Assistant transcribes',
    };
    const { problem } = this;
    if (problem !== undefined) return { status: 'degraded', message: problem };
    return { status: 'ok', message: by[this.#deps.settings().transcription] };
  }

  start(): void {
    this.#unsubscribe = this.#deps.speech?.onReady(() => this.resume());
    this.#work.start();
  }

  /** Gives one in progress a moment; what is cut off is done again after the next start. */
  async stop(): Promise<void> {
    this.#unsubscribe?.();
    await this.#work.stop(stopTimeoutMs);
  }

  /** There is a new message. */
  wake(): void {
    this.#work.wake();
  }

  /** The settings have changed, or the recognizer is back. */
  resume(): void {
    this.#pausedUntil = 0;
    this.#pauses = 0;
    this.#problem = undefined;
    this.#work.wake();
  }

  /** The newest message first: it is the one that is looked at. */
  #next(): { readonly item: RecordingId; readonly dueAt: number } | undefined {
    const { store, settings, speech, clock } = this.#deps;
    if (settings().transcription !== 'home-assistant' || speech === undefined) return undefined;
    const due = store.missing(clock.now() - maxAgeMs).map((item) => ({ item, dueAt: this.#tries.get(item)?.dueAt ?? 0 }));
    const next = due.find(({ dueAt }) => dueAt <= clock.now()) ?? due.toSorted((one, other) => one.dueAt - other.dueAt)[0];
    return next === undefined ? undefined : { item: next.item, dueAt: Math.max(next.dueAt, this.#pausedUntil) };
  }

  async #transcribe(recordingId: RecordingId): Promise<void> {
    const { log } = this.#deps;
    const result = await this.#recognize(recordingId);
    // Cut off by our own stop: the database may be closed by now.
    if (!this.#work.isRunning) return;
    if (result.kind === 'later') return this.#pause(result);
    this.#problem = undefined;
    this.#pauses = 0;
    if (result.kind === 'failed' && !this.#isGivenUp(recordingId)) {
      log.info({ recording: recordingId, problem: result.message }, 'Voicemail not transcribed; trying again later');
      return;
    }
    this.#tries.delete(recordingId);
    const text = result.kind === 'text' ? result.text : '';
    if (result.kind === 'text') log.info({ recording: recordingId, characters: text.length }, 'Voicemail transcribed');
    else log.warn({ recording: recordingId, problem: result.message }, 'Voicemail stays without a transcript');
    await this.#deps.save(recordingId, { status: result.kind === 'text' ? 'completed' : 'failed', text });
  }

  async #recognize(recordingId: RecordingId): Promise<SpeechResult> {
    const { files, speech, settings } = this.#deps;
    const file = await files.read(fileNameOf({ id: recordingId }));
    const audio = file === undefined ? undefined : await readSpeech(file);
    if (audio === undefined || speech === undefined) return { kind: 'failed', message: 'Its audio cannot be read' };
    const { transcriptionEngine: engine, transcriptionLanguage: language } = settings();
    return speech.transcribe(audio, { engine: engine ?? undefined, language: language ?? undefined });
  }

  #pause(problem: SpeechResult & { readonly kind: 'later' }): void {
    const { clock, log } = this.#deps;
    if (problem.message !== this.#problem?.message) log.warn(problem.message);
    this.#problem = problem;
    this.#pausedUntil = clock.now() + (this.#pauses === 0 ? firstPauseMs : pauseMs);
    this.#pauses += 1;
  }

  #isGivenUp(recordingId: RecordingId): boolean {
    const count = this.#tries.get(recordingId)?.count ?? 0;
    const waitMs = retryMs[count];
    if (waitMs === undefined) return true;
    this.#tries.set(recordingId, { count: count + 1, dueAt: this.#deps.clock.now() + waitMs });
    return false;
  }
}
