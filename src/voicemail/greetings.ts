// Owns what callers hear before the tone: the house's words, a text of the person's own, or their recorded voice.
// Called by its routes, and by the webhooks while a caller waits.
// Must stay true: the name of an audio file cannot be guessed, and a new greeting has a new name.
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { PersonId } from '#base/ids.ts';
import type { Upload } from '#contract/file.ts';
import { greetingUpload } from '#contract/voicemails.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { AudioFiles } from './audio-files.ts';
import type { MailboxStore, StoredGreeting } from './mailbox-store.ts';
import { readWavHead, wavHeadBytes } from './wav.ts';

export type GreetingsDeps = {
  readonly store: MailboxStore;
  readonly files: AudioFiles;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly isPerson: (personId: PersonId) => boolean;
  /** Unguessable and made of letters, digits, `-` and `_`; random by default. */
  readonly newToken?: () => string;
};

export type MailboxGreeting = { readonly kind: 'standard' } | StoredGreeting;

const maxSeconds = 120;
const minSeconds = 0.5;
const minFreeBytes = 20_000_000;

export class Greetings {
  readonly #deps: GreetingsDeps;

  constructor(deps: GreetingsDeps) {
    this.#deps = deps;
  }

  /** Deletes stray audio files. */
  async start(): Promise<void> {
    const tokens = this.#deps.store.tokens();
    await this.#deps.files.sweep((name) => tokens.has(name.replace(/\.wav$/, '')));
  }

  /** Undefined: of the house. */
  of(personId: PersonId | undefined): MailboxGreeting {
    return (personId === undefined ? undefined : this.#deps.store.get(personId)) ?? { kind: 'standard' };
  }

  /** Throws `not-found` for an unknown person. */
  async set(
    personId: PersonId,
    greeting: { readonly kind: 'standard' } | Extract<StoredGreeting, { kind: 'text' }>,
  ): Promise<void> {
    await this.#replace(personId, greeting.kind === 'standard' ? undefined : greeting);
  }

  /** Throws `invalid` for what is no WAV file of ours, `unavailable` where the disk is full. */
  async setAudio(personId: PersonId, { bytes }: Upload): Promise<void> {
    const { files, newToken = randomToken } = this.#deps;
    this.#assertPerson(personId);
    const problem = problemOf(bytes);
    if (problem !== undefined) throw new AppError('invalid', greetingProblems[problem], because(problem));
    const token = newToken();
    const stored = await files.store({
      name: `${token}.wav`,
      chunks: once(bytes),
      bytes: bytes.length,
      maxBytes: greetingUpload.maxBytes,
      leaveFreeBytes: minFreeBytes,
    });
    if (stored.kind === 'no-space') throw new AppError('unavailable', stored.message, because('disk-full'));
    if (stored.kind !== 'stored') throw new AppError('invalid', stored.message);
    try {
      await this.#replace(personId, { kind: 'audio', token, bytes: bytes.length });
    } catch (error) {
      await files.delete(`${token}.wav`);
      throw error;
    }
  }

  /** For a person who is being removed: the row goes with theirs; what is returned deletes the audio, once they are gone. */
  release(personId: PersonId): () => Promise<void> {
    const greeting = this.of(personId);
    return async () => {
      if (greeting.kind === 'audio') await this.#deps.files.delete(`${greeting.token}.wav`);
    };
  }

  /** The recorded greeting of a person. */
  async audioOf(personId: PersonId) {
    const greeting = this.of(personId);
    if (greeting.kind !== 'audio') return undefined;
    const file = await this.#deps.files.read(`${greeting.token}.wav`);
    return file === undefined ? undefined : { ...file, token: greeting.token };
  }

  /** For Twilio, by the token alone. */
  async publicMedia(token: string): Promise<{ readonly contentType: string; readonly bytes: Uint8Array } | undefined> {
    // Checked before the disk is read, so that only a token of ours becomes the name of a file.
    if (!this.#deps.store.hasToken(token)) return undefined;
    const file = await this.#deps.files.read(`${token}.wav`);
    if (file === undefined) return undefined;
    const chunks = file.read({ first: 0, last: file.bytes - 1 });
    return { contentType: 'audio/wav', bytes: await buffer(chunks) };
  }

  async #replace(personId: PersonId, greeting: StoredGreeting | undefined): Promise<void> {
    const { store, files, writes, clock } = this.#deps;
    this.#assertPerson(personId);
    const before = await writes.write(() => {
      const old = store.get(personId);
      if (greeting === undefined) store.delete(personId);
      else store.set(personId, greeting, clock.now());
      return old;
    });
    if (before?.kind === 'audio') await files.delete(`${before.token}.wav`);
  }

  #assertPerson(personId: PersonId): void {
    if (!this.#deps.isPerson(personId)) throw new AppError('not-found', 'There is no such mailbox');
  }
}

const greetingProblems = {
  'no-wav': 'This is not a WAV file that can be played: PCM, A-law or µ-law is needed',
  'wav-cut-off': 'The WAV file is cut off',
  'wav-rate': 'The WAV file must have 8 to 48 kHz and at most two channels',
  'greeting-empty': 'The greeting is empty',
  'greeting-long': 'The greeting is longer than two minutes',
} as const;

/** What is wrong with an uploaded greeting. */
function problemOf(bytes: Uint8Array): keyof typeof greetingProblems | undefined {
  const wav = readWavHead(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, wavHeadBytes)), bytes.length);
  if (wav === undefined) return 'no-wav';
  if (wav.isTruncated) return 'wav-cut-off';
  if (wav.channels > 2 || wav.sampleRate < 8000 || wav.sampleRate > 48_000) return 'wav-rate';
  if (wav.seconds < minSeconds) return 'greeting-empty';
  return wav.seconds > maxSeconds ? 'greeting-long' : undefined;
}

function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
