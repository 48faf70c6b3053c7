// Owns a greeting that is not saved yet: recorded here, or of a file that the browser can read; as a WAV file that the house takes.
import { levelsOf, wavOf } from './wav.ts';
import type { Sound } from './wav.ts';

/** To be heard before it is saved. `url` is to be given back by `dropTake`. */
export type Take = {
  readonly file: Blob;
  readonly url: string;
  readonly levels: readonly number[];
  readonly seconds: number;
};

export const maxSeconds = 120;
export const minSeconds = 0.5;
/** Of a telephone: it sounds as callers hear it, and two minutes are far below the limit of the house. */
const rate = 8000;

/** In the browser’s own, good way: by playing it at another rate. */
export async function takeOf(sound: Sound): Promise<Take> {
  const length = Math.max(1, Math.floor((sound.samples.length * rate) / sound.rate));
  const offline = new OfflineAudioContext(1, length, rate);
  const buffer = offline.createBuffer(1, Math.max(1, sound.samples.length), sound.rate);
  buffer.copyToChannel(Float32Array.from(sound.samples), 0);
  return rendered(offline, buffer);
}

/** Of any file that the browser can play. Throws where it cannot. */
export async function takeOfFile(file: Blob): Promise<Take> {
  const decoder = new OfflineAudioContext(1, 1, rate);
  const buffer = await decoder.decodeAudioData(await file.arrayBuffer());
  const offline = new OfflineAudioContext(1, Math.max(1, Math.floor(buffer.duration * rate)), rate);
  return rendered(offline, buffer);
}

export function dropTake(take: Take | undefined): void {
  if (take !== undefined) URL.revokeObjectURL(take.url);
}

async function rendered(offline: OfflineAudioContext, buffer: AudioBuffer): Promise<Take> {
  const source = offline.createBufferSource();
  source.buffer = buffer;
  source.connect(offline.destination);
  source.start();
  const samples = (await offline.startRendering()).getChannelData(0);
  const file = new Blob([wavOf({ samples, rate })], { type: 'audio/wav' });
  return { file, url: URL.createObjectURL(file), levels: levelsOf({ samples }), seconds: samples.length / rate };
}
