import type { Log } from '#base/log.ts';
import type { SipDialog } from '#sip/dialog/dialog.ts';
import { houseEndpoint } from '#sip/relay/media-path.ts';
import type { MediaPath, MediaPaths } from '#sip/relay/media-path.ts';
import type { MediaOutcome } from '#sip/relay/media-port.ts';
import type { VoiceEndpoint, VoicePort } from '#sip/relay/voice-port.ts';

export type CallerVoiceDeps = { readonly voice: VoicePort; readonly log: Log };

/** A caller whose INVITE has no final response yet. */
type Caller = {
  readonly dialog: SipDialog;
  /** Empty where its ACK brings the answer to ours (RFC 3264 section 5). */
  readonly offer: string;
  readonly paths: MediaPaths;
  /** Sends our session description in a 183. False where that cannot be heard. */
  sendEarly(sdp: string): boolean;
  /** Sends our session description in a 200, and leaves the dialog to the house. */
  sendAnswer(sdp: string, heard: Heard): void;
};

/** The house talks with the caller, over this path. */
export type Heard = { readonly voice: VoiceEndpoint; readonly path: MediaPath };

type Done = (heard: Heard | undefined) => void;

/** The house's voice in one caller's ear: by early media, or in a call that the house answers. */
export class CallerVoice {
  /** A key of the caller. */
  onKey: (key: string) => void = () => {};
  readonly #deps: CallerVoiceDeps;
  readonly #caller: Caller;
  #heard: Heard | undefined;
  #isAnswered = false;
  #isClosed = false;

  constructor(deps: CallerVoiceDeps, caller: Caller) {
    this.#deps = deps;
    this.#caller = caller;
  }

  /** `done` gets undefined where the caller cannot hear the house in this way; nothing was sent to them then. */
  open(by: 'early-media' | 'answer' | 'earlier-answer', done: Done): void {
    if (this.#isAnswered) done(this.#heard);
    else if (by === 'earlier-answer' || this.#isClosed || this.#heard !== undefined) done(undefined);
    else if (by === 'early-media' && this.#caller.offer === '') done(undefined);
    else void this.#open(by, done);
  }

  close(): void {
    this.#isClosed = true;
    this.#heard?.voice.close();
    this.#heard?.path.close();
  }

  async #open(by: 'early-media' | 'answer', done: Done): Promise<void> {
    const voice = await this.#deps.voice.open({ key: (digit) => this.onKey(digit) }).catch((error: unknown) => {
      this.#deps.log.error({ err: error }, 'House has no voice');
    });
    if (voice === undefined || this.#isClosed) {
      voice?.close();
      done(undefined);
      return;
    }
    const heard = { voice, path: this.#caller.paths.to(houseEndpoint) };
    this.#heard = heard;
    this.#describe(heard, (outcome) => done(this.#send(by, heard, outcome) ? heard : this.#failed()));
  }

  /** `described` gets our session description for the caller. */
  #describe({ voice, path }: Heard, described: (outcome: MediaOutcome) => void): void {
    const { offer, dialog } = this.#caller;
    if (offer === '') {
      dialog.expectAck((answer) => {
        dialog.remoteSdp = answer;
        path.answer(answer, (given) => given.kind === 'sdp' && voice.accept(given.sdp));
      });
      path.offer(voice.offer(), 'callee', described);
      return;
    }
    path.offer(offer, 'caller', (offered) => {
      const answer = offered.kind === 'sdp' ? voice.answer(offered.sdp) : undefined;
      if (answer === undefined) described({ kind: 'refused', why: 'bad-sdp' });
      else path.answer(answer, described);
    });
  }

  #send(by: 'early-media' | 'answer', heard: Heard, outcome: MediaOutcome): boolean {
    if (outcome.kind === 'refused' || this.#isClosed) return false;
    if (by === 'early-media') return this.#caller.sendEarly(outcome.sdp);
    this.#isAnswered = true;
    this.#caller.dialog.localSdp = outcome.sdp;
    this.#caller.sendAnswer(outcome.sdp, heard);
    return true;
  }

  #failed(): undefined {
    this.#caller.dialog.expectAck(undefined);
    this.#heard?.voice.close();
    this.#heard?.path.close();
  }
}
