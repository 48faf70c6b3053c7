// Owns the setup of the house's Twilio account: validating and storing credentials, provisioning, undo, self-test.
// Called by its routes.
// Must stay true: one run at a time; credentials are stored only after Twilio has accepted them; secrets never leave again.
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import { validateCredentials, reportAccount } from './account.ts';
import type { AccountProblem, AccountReport, CredentialsInput } from './account.ts';
import type { AccountHealth, AccountWatch } from './account-watch.ts';
import type { TwilioConnection } from '#twilio/api/connection.ts';
import type { Provisioning, ProvisioningResult } from './provisioning.ts';
import type { PlannedChange } from './plan-preview.ts';
import type { SetupLog, SetupStep } from './setup-records.ts';
import { validatePlan } from './setup-plan.ts';
import type { SetupPlan } from './setup-plan.ts';
import { noSettings } from '#twilio/api/settings.ts';
import type { LiveTwilioSettings, TwilioSettings } from '#twilio/api/settings.ts';

/** One check of the self-test; its name is shown. */
export type SelfCheck = { readonly name: string; readonly run: () => AccountHealth | Promise<AccountHealth> };

type TwilioSetupDeps = {
  readonly settings: LiveTwilioSettings;
  readonly connection: TwilioConnection;
  readonly provisioning: Provisioning;
  readonly watch: AccountWatch;
  readonly log: SetupLog;
  /** Called after a run with the numbers that the house answers, E.164. */
  readonly onNumbers?: (numbers: readonly string[]) => Promise<void>;
};

export type ProvisionRequest = {
  readonly credentials: Partial<Pick<CredentialsInput, 'accountSid' | 'authToken'>> & {
    /** Undefined: unchanged. Null: removed. */
    readonly apiKey?: CredentialsInput['apiKey'] | null;
    /** Undefined: unchanged. */
    readonly webhookSharedKeys?: TwilioSettings['webhookSharedKeys'];
  };
  readonly plan: Partial<SetupPlan>;
};

export class TwilioSetup {
  readonly #deps: TwilioSetupDeps;
  readonly #checks: SelfCheck[] = [];
  #isRunning = false;

  constructor(deps: TwilioSetupDeps) {
    this.#deps = deps;
  }

  get settings(): TwilioSettings {
    return this.#deps.settings.current;
  }

  get lastSteps(): readonly SetupStep[] {
    return this.#deps.log.lastRun();
  }

  get watch(): AccountWatch {
    return this.#deps.watch;
  }

  /** Adds a check to the self-test. */
  addCheck(check: SelfCheck): void {
    this.#checks.push(check);
  }

  /** Validates credentials and stores nothing. */
  validate(entered: CredentialsInput): Promise<AccountReport> {
    const problems = validateCredentials(entered);
    if (problems.length > 0) return Promise.resolve({ account: undefined, balance: undefined, numbers: [], problems });
    const { connection } = this.#deps;
    const { accountSid, authToken, apiKey } = entered;
    return reportAccount(
      connection.clientFor({ accountSid, username: accountSid, password: authToken }),
      apiKey === undefined ? undefined : connection.clientFor({ accountSid, username: apiKey.sid, password: apiKey.secret }),
    );
  }

  /** Throws `invalid` for a plan or credentials that cannot work, `conflict` during another run. */
  provision(request: ProvisionRequest): Promise<ProvisioningResult> {
    return this.#exclusive(async () => {
      const { settings, provisioning, connection, watch, onNumbers } = this.#deps;
      const plan = this.#planOf(request.plan);
      await this.#keepCredentials(request.credentials);
      const client = connection.client();
      if (client === undefined) throw missingAccount();
      const result = await provisioning.provision(client, plan);
      if (result.isDone) await onNumbers?.(settings.current.numbers.map(({ number }) => number));
      await watch.check();
      return result;
    });
  }

  /** What `provision` would change in the account. Nothing is stored. Throws as it does, and `unavailable` where Twilio cannot be asked. */
  async preview({ credentials, plan: given }: ProvisionRequest): Promise<readonly PlannedChange[]> {
    const { provisioning, connection } = this.#deps;
    const plan = this.#planOf(given);
    const { accountSid, authToken } = credentials;
    const isEntered = accountSid !== undefined && authToken !== undefined;
    const client = isEntered
      ? connection.clientFor({ accountSid, username: accountSid, password: authToken })
      : connection.client();
    if (client === undefined) throw missingAccount();
    const found = await provisioning.preview(client, plan);
    if (found.kind !== 'ok') throw new AppError('unavailable', found.message);
    return found.value;
  }

  /** Throws `conflict` during another run. */
  undo({ forget }: { readonly forget: boolean }): Promise<ProvisioningResult> {
    return this.#exclusive(async () => {
      const { settings, provisioning, connection, watch } = this.#deps;
      const client = connection.client();
      const result = client === undefined ? { isDone: true, steps: [] } : await provisioning.undo(client);
      if (forget) settings.change(noSettings);
      await watch.check();
      return result;
    });
  }

  /** Makes Messaging Services that divert messages defer to the house. Throws `conflict` during another run, `invalid` without an account. */
  deferMessages(): Promise<ProvisioningResult> {
    return this.#exclusive(async () => {
      const { provisioning, connection, watch } = this.#deps;
      const client = connection.client();
      if (client === undefined) throw missingAccount();
      const result = await provisioning.deferMessages(client);
      await watch.check();
      return result;
    });
  }

  /**
   * The numbers of the account, E.164, that take calls or messages. Throws `conflict` without an account, `unavailable` where Twilio
   * cannot be queried.
   */
  async accountNumbers(): Promise<readonly string[]> {
    const client = this.#deps.connection.client();
    if (client === undefined) throw new AppError('conflict', 'No Twilio account is set up', because('no-twilio'));
    const listed = await client.account.listNumbers();
    if (listed.kind !== 'ok') throw new AppError('unavailable', listed.message);
    const usable = listed.value.filter(({ capabilities: { voice, sms } }) => voice || sms);
    return usable.map(({ number }) => number);
  }

  async selfTest(): Promise<readonly (AccountHealth & { readonly name: string })[]> {
    await this.#deps.watch.check();
    const checks: readonly SelfCheck[] = [{ name: 'account', run: () => this.#deps.watch.health() }, ...this.#checks];
    return Promise.all(
      checks.map(async ({ name, run }) => {
        try {
          return { name, ...(await run()) };
        } catch (error) {
          return { name, status: 'down' as const, message: error instanceof Error ? error.message : 'The check itself failed' };
        }
      }),
    );
  }

  #planOf(given: Partial<SetupPlan>): SetupPlan {
    const { publicUrl, inbound, outbound, isSecure, edge, originationAddress, signallingAddresses, numbers } = this.settings;
    const now = {
      publicUrl,
      inbound,
      outbound,
      isSecure,
      edge,
      originationAddress,
      signallingAddresses,
      numbers: numbers.map(({ number }) => number),
    };
    const plan = { ...now, ...given };
    const details = validatePlan(plan);
    const first = details[0];
    if (first !== undefined) throw new AppError('invalid', `${first.field} ${first.message}`, { details });
    return plan;
  }

  async #keepCredentials(given: ProvisionRequest['credentials']): Promise<void> {
    const { accountSid, authToken, apiKey, webhookSharedKeys } = given;
    const { current } = this.#deps.settings;
    const entered = {
      accountSid: accountSid ?? current.accountSid,
      authToken: authToken ?? (accountSid === undefined || accountSid === current.accountSid ? current.authToken : undefined),
      apiKey:
        apiKey === null
          ? undefined
          : (apiKey ?? (accountSid === undefined || accountSid === current.accountSid ? current.apiKey : undefined)),
    };
    if (entered.accountSid === undefined || entered.authToken === undefined) throw missingAccount();
    const isOther = current.accountSid !== undefined && entered.accountSid !== current.accountSid;
    if (isOther && (current.domain !== undefined || current.trunk !== undefined || current.numbers.length > 0)) {
      throw new AppError(
        'conflict',
        `The account ${current.accountSid} is still set up for the house. Undo that first.`,
        because('twilio-in-use', { account: current.accountSid ?? '' }),
      );
    }
    const complete = { ...entered, accountSid: entered.accountSid, authToken: entered.authToken };
    const { problems } = await this.validate(complete);
    const stopping = problems.filter(({ weight }) => weight === 'stops');
    if (stopping.length > 0) throw refusal(stopping);
    const known = entered.accountSid === current.accountSid ? current.webhookSharedKeys : [];
    this.#deps.settings.change({ ...complete, webhookSharedKeys: webhookSharedKeys ?? known });
  }

  async #exclusive<Value>(run: () => Promise<Value>): Promise<Value> {
    if (this.#isRunning) throw new AppError('conflict', 'The setup of Twilio is running already', because('twilio-running'));
    this.#isRunning = true;
    try {
      return await run();
    } finally {
      this.#isRunning = false;
    }
  }
}

function missingAccount(): AppError {
  const details = [{ field: 'accountSid', message: 'is required' }];
  return new AppError('invalid', 'The account SID and its auth token are required first', { details, ...because('no-twilio') });
}

function refusal(problems: readonly AccountProblem[]): AppError {
  const details = problems.flatMap(({ field, message }) => (field === undefined ? [] : [{ field, message }]));
  return new AppError('invalid', problems.map(({ message }) => message).join(' '), { details });
}
