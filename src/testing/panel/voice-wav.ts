import { toneWav } from '#testing/base/wav.ts';

/** A WAV file that is loud and quiet in turns, as somebody is who speaks. */
export function voiceWav(seconds: number): Buffer {
  const wav = toneWav({ frequency: 180, seconds });
  for (let at = 44; at + 1 < wav.length; at += 2) {
    const time = (at - 44) / 16_000;
    const words = Math.max(0, Math.sin(time * 2.1)) * (0.35 + 0.65 * Math.abs(Math.sin(time * 17)));
    wav.writeInt16LE(Math.round(wav.readInt16LE(at) * words * 2), at);
  }
  return wav;
}
