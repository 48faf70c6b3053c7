// Runs beside the page, where the sound of the microphone is: hands it over in pieces.

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** A twentieth of a second, about: a message for each block of the browser would be hundreds a second. */
const pieceLength = 2048;

class Recorder extends AudioWorkletProcessor {
  #piece = new Float32Array(pieceLength);
  #filled = 0;

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    for (const sample of input?.[0] ?? []) {
      this.#piece[this.#filled] = sample;
      this.#filled += 1;
      if (this.#filled === pieceLength) this.#handOver();
    }
    return true;
  }

  #handOver(): void {
    this.port.postMessage(this.#piece, [this.#piece.buffer]);
    this.#piece = new Float32Array(pieceLength);
    this.#filled = 0;
  }
}

registerProcessor('gosip-recorder', Recorder);

export {};
