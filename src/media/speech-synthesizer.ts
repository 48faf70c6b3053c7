// Speaks any text by espeak-ng, where that is installed.
// Called by spoken-phrases.ts for announcements whose words the house did not record.
// Must stay true: the text reaches the program as its input, never as an argument; it gets bounded time and makes bounded sound.
import { spawn } from 'node:child_process';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { childEnvironment } from './child-environment.ts';
import { encode } from './g711.ts';
import { toTelephoneRate } from './resample.ts';

type SpeechSynthesizerDeps = {
  readonly clock: Clock;
  readonly log: Log;
  /** For tests: the program's name or path. */
  readonly program?: string | undefined;
};

const timeoutMs = 10_000;
/** Two minutes at 22 kHz. */
const maxBytes = 2 * 22_050 * 120;
const maxRemembered = 20;

export class SpeechSynthesizer {
  readonly #deps: SpeechSynthesizerDeps;
  /** By voice and text, the last used last. */
  readonly #spoken = new Map<string, Promise<Uint8Array | undefined>>();

  constructor(deps: SpeechSynthesizerDeps) {
    this.#deps = deps;
  }

  /** µ-law at 8 kHz; undefined where the program is missing or has no such voice. `language`: BCP 47. */
  speak(text: string, language: string): Promise<Uint8Array | undefined> {
    const key = `${language} ${text}`;
    const speech = this.#spoken.get(key) ?? this.#speakAnew(text, language, key);
    this.#spoken.delete(key);
    this.#spoken.set(key, speech);
    const [oldest] = this.#spoken.keys();
    if (this.#spoken.size > maxRemembered && oldest !== undefined) this.#spoken.delete(oldest);
    return speech;
  }

  /** What failed is tried again: the program may be installed meanwhile. */
  async #speakAnew(text: string, language: string, key: string): Promise<Uint8Array | undefined> {
    const [base = language] = language.split('-', 1);
    const wav = (await this.#run(text, language.toLowerCase())) ?? (base === language ? undefined : await this.#run(text, base));
    const speech = wav === undefined ? undefined : speechOf(wav);
    if (speech === undefined) {
      this.#spoken.delete(key);
      this.#deps.log.warn({ language }, 'Text not spoken: espeak-ng is not installed, or has no voice for the language');
    }
    return speech;
  }

  #run(text: string, voice: string): Promise<Buffer | undefined> {
    const { clock, program = 'espeak-ng' } = this.#deps;
    const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
    const child = spawn(program, ['--stdin', '--stdout', '-b', '1', '-s', '150', '-v', voice], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: childEnvironment(),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    const timeout = clock.after(timeoutMs, () => child.kill('SIGKILL'));
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) child.kill('SIGKILL');
    });
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => {
      timeout.cancel();
      resolve(code === 0 ? Buffer.concat(chunks) : undefined);
    });
    child.stdin.on('error', () => {});
    child.stdin.end(text);
    return promise;
  }
}

/** Of a WAV file of 16-bit mono; its header was written before the length was known. */
function speechOf(wav: Buffer): Uint8Array | undefined {
  const data = wav.indexOf('data', 36, 'latin1');
  if (wav.toString('latin1', 0, 4) !== 'RIFF' || data === -1) return undefined;
  const pcm = wav.subarray(data + 8);
  const samples = Int16Array.from({ length: Math.floor(pcm.length / 2) }, (_, index) => pcm.readInt16LE(index * 2));
  return samples.length === 0 ? undefined : encode('PCMU', toTelephoneRate(samples, wav.readUInt32LE(24)));
}
