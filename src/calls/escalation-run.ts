// Carries out one escalation: hears what becomes of its calls, stores what follows from it, then acts.
// Called by escalations.ts, which holds one for each escalation that somebody may still take.
// Must stay true: nothing is done that is not stored before, except where the disk is full: then an alarm goes on unstored.
import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { EscalationLegId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type {
  Escalation,
  EscalationAction,
  EscalationEvent,
  EscalationFacts,
  EscalationLeg,
  EscalationState,
} from './escalation.ts';
import type { EscalationCall, EscalationCaller } from './escalation-port.ts';
import { reportEscalation } from './escalation-report.ts';
import { advanceEscalation } from './escalation-state.ts';
import { EscalationVoice } from './escalation-voice.ts';

export type EscalationRunDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<Events<Facts>, 'emit'>;
  readonly caller: EscalationCaller;
  readonly facts: (escalation: Escalation) => EscalationFacts;
  /** `before`: what is stored of it; undefined where nothing is. Throws where it cannot be stored. */
  readonly save: (escalation: Escalation, before: EscalationState | undefined) => void;
  /** Of the names of people, BCP 47. */
  readonly language: string;
};

/** Until there may be room on the disk again. */
const retryMs = 30_000;

export class EscalationRun {
  readonly #deps: EscalationRunDeps;
  readonly #calls = new Map<EscalationLegId, EscalationCall>();
  readonly #voice: EscalationVoice;
  readonly #waiting: EscalationAction[] = [];
  #escalation: Escalation;
  /** As the disk has it; undefined where it has nothing. */
  #stored: EscalationState | undefined;
  #retry: Timer | undefined;
  #timer: Timer | undefined;
  #isActing = false;
  #isStopped = false;

  constructor(deps: EscalationRunDeps, escalation: Escalation, stored: EscalationState | undefined) {
    this.#deps = deps;
    this.#escalation = escalation;
    this.#stored = stored;
    this.#voice = new EscalationVoice(deps, (leg) => this.dispatch({ kind: 'listened', leg }));
  }

  get escalation(): Escalation {
    return this.#escalation;
  }

  /** Of a new one: its first state, and what follows from that. */
  begin(actions: readonly EscalationAction[]): void {
    this.#save();
    this.#deps.events.emit('escalation.started', { escalationId: this.#escalation.id, name: this.#escalation.plan.name });
    this.#act(actions);
  }

  dispatch(event: EscalationEvent): void {
    if (this.#isStopped) return;
    const before = this.#escalation.state;
    const { state, actions } = advanceEscalation(this.#escalation, event, this.#deps.facts(this.#escalation));
    if (state !== before) this.#become(state);
    this.#act(actions);
  }

  /** The house stops; it goes on at the next start. Its calls end with the others. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#retry?.cancel();
    this.#voice.stop();
  }

  #become(state: EscalationState): void {
    this.#escalation = { ...this.#escalation, state };
    this.#save();
    this.#deps.events.emit('escalation.changed', { escalationId: this.#escalation.id, state: state.phase });
  }

  #save(): void {
    const { clock, save, log } = this.#deps;
    this.#retry?.cancel();
    try {
      save(this.#escalation, this.#stored);
      this.#stored = this.#escalation.state;
    } catch (error) {
      log.error({ err: error, escalation: this.#escalation.id }, 'An escalation cannot be stored; it goes on');
      this.#retry = clock.after(retryMs, () => this.#save());
    }
  }

  /** In their order: an action may report its outcome before it returns. */
  #act(actions: readonly EscalationAction[]): void {
    this.#waiting.push(...actions);
    if (this.#isActing) return;
    this.#isActing = true;
    for (let action = this.#waiting.shift(); action !== undefined; action = this.#waiting.shift()) this.#attempt(action);
    this.#isActing = false;
  }

  #attempt(action: EscalationAction): void {
    try {
      this.#perform(action);
    } catch (error) {
      this.#deps.log.error({ err: error, action: action.kind }, 'Internal error in an escalation; it goes on');
      if (action.kind === 'call') this.dispatch({ kind: 'leg-ended', leg: action.leg.id, outcome: 'failed' });
    }
  }

  #perform(action: EscalationAction): void {
    switch (action.kind) {
      case 'call':
        this.#call(action.leg);
        return;
      case 'ask':
        this.#voice.ask(action.leg, this.#calls.get(action.leg), this.#escalation.message);
        return;
      case 'confirm':
        this.#voice.confirm(action.leg, this.#calls.get(action.leg));
        return;
      case 'stand-down':
        this.#voice.standDown(action.leg, this.#calls.get(action.leg), action.taker);
        return;
      case 'hang-up':
        this.#voice.end(action.leg);
        this.#calls.get(action.leg)?.hangUp(action.why);
        return;
      case 'time-step':
        this.#time(action.seconds * 1000, { kind: 'step-over', round: action.round, step: action.step });
        return;
      case 'time-pause':
        this.#time(action.milliseconds, { kind: 'pause-over', round: action.round });
        return;
      case 'stop-timing':
        this.#timer?.cancel();
        return;
      case 'report':
        reportEscalation(this.#escalation, this.#deps.events);
        this.dispatch({ kind: 'reported' });
    }
  }

  #call(leg: EscalationLeg): void {
    const { id } = leg;
    const call = this.#deps.caller.call(leg, this.#escalation.plan.name, {
      ringing: () => this.dispatch({ kind: 'ringing', leg: id }),
      answered: () => this.dispatch({ kind: 'answered', leg: id }),
      key: (key) => this.dispatch({ kind: 'key', leg: id, key }),
      ended: (outcome) => {
        this.#voice.end(id);
        this.#calls.delete(id);
        this.dispatch({ kind: 'leg-ended', leg: id, outcome });
      },
    });
    this.#calls.set(id, call);
  }

  #time(milliseconds: number, event: EscalationEvent): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(milliseconds, () => this.dispatch(event));
  }
}
