/** One value of the account that we wrote: what it was before, and what we made of it. */
export type AccountChange = {
  readonly accountSid: string;
  /** Such as `number`. */
  readonly resource: string;
  readonly resourceSid: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
};

/** Keeps what was written, from before the request leaves until the value is put back. */
export type AccountChangeLog = {
  readonly of: (accountSid: string) => readonly AccountChange[];
  readonly put: (value: AccountChange) => void;
  readonly remove: (value: AccountChange) => void;
};

export type StepOutcome = 'done' | 'unchanged' | 'skipped' | 'failed';

/** One step of a run of setup, for people. */
export type SetupStep = {
  /** Such as `sip-domain`, or `number +14165550123`. */
  readonly step: string;
  readonly outcome: StepOutcome;
  readonly message: string;
  /** Twilio's, where it refused. */
  readonly code: number | undefined;
  readonly at: number;
};

/** Keeps the steps of the last runs. */
export type SetupLog = {
  readonly add: (runId: string, step: SetupStep) => void;
  readonly lastRun: () => readonly SetupStep[];
};
