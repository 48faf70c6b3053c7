/** One value of the account that we changed: before and after. */
export type AccountChange = {
  readonly accountSid: string;
  /** Such as `number`. */
  readonly resource: string;
  readonly resourceSid: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
};

/** Keeps each change, from before the request is sent until the value is restored. */
export type AccountChangeLog = {
  readonly of: (accountSid: string) => readonly AccountChange[];
  readonly put: (value: AccountChange) => void;
  readonly remove: (value: AccountChange) => void;
};

export type StepOutcome = 'done' | 'unchanged' | 'skipped' | 'failed';

/** One step of a setup run, for people. */
export type SetupStep = {
  /** Such as `sip-domain`, or `number +14165550123`. */
  readonly step: string;
  readonly outcome: StepOutcome;
  readonly message: string;
  /** Twilio's error code, where it refused. */
  readonly code: number | undefined;
  readonly at: number;
};

/** Keeps the steps of the last runs. */
export type SetupLog = {
  readonly add: (runId: string, step: SetupStep) => void;
  readonly lastRun: () => readonly SetupStep[];
};
