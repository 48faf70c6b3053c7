// Owns the microphone while somebody records: asks for it, hands over what it hears, and lets go of it.
// Called by the recorder; the worklet is a file of the panel’s own, which the policy of the page allows.
// Must stay true: whatever happens, the microphone is not kept on.
import type { StringKey } from './strings/en.ts';
// oxlint-disable-next-line import/default -- Vite answers with the address of what it builds of it
import workletAddress from './recorder-worklet.ts?worker&url';

/** Why there is no sound, for whoever wants to record. */
export class MicrophoneProblem extends Error {
  readonly text: StringKey;

  constructor(text: StringKey) {
    super(text);
    this.text = text;
  }
}

export type Microphone = { readonly rate: number; readonly close: () => void };

/** `heard`: pieces of one channel, from -1 to 1. `ended`: it was unplugged or taken away. Throws a MicrophoneProblem. */
export async function openMicrophone(heard: (piece: Float32Array) => void, ended: () => void): Promise<Microphone> {
  if (!window.isSecureContext || navigator.mediaDevices === undefined) throw new MicrophoneProblem('recorder.insecure');
  const stream = await ask();
  const context = new AudioContext();
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
    void context.close().catch(() => {});
  };
  try {
    await context.audioWorklet.addModule(workletAddress);
    const recorder = new AudioWorkletNode(context, 'gosip-recorder', {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    recorder.port.addEventListener('message', ({ data }: MessageEvent<Float32Array>) => heard(data));
    recorder.port.start();
    context.createMediaStreamSource(stream).connect(recorder);
    // A browser that saw no press since the page came keeps it quiet.
    await context.resume();
    for (const track of stream.getTracks()) track.addEventListener('ended', ended);
    return { rate: context.sampleRate, close };
  } catch {
    close();
    throw new MicrophoneProblem('recorder.broken');
  }
}

async function ask(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false } });
  } catch (error) {
    throw new MicrophoneProblem(problemOf(error instanceof DOMException ? error.name : ''));
  }
}

function problemOf(name: string): StringKey {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'recorder.refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'recorder.absent';
  return name === 'NotReadableError' || name === 'AbortError' ? 'recorder.busy' : 'recorder.broken';
}
