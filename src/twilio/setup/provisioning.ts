// Owns what the house makes and changes in its account at Twilio: the order of the steps, and how all of it is taken back.
// Called by set-up.ts.
// Must stay true: done twice it changes nothing the second time; undone, the account is as before, but for what others changed since.
import type { Clock } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import type { TwilioClient } from '#twilio/api/client.ts';
import { ensureOrigination, removeOrigination } from './origination.ts';
import type { WayIn } from './origination.ts';
import {
  deferAdvice,
  diversionText,
  endDiversion,
  findDiversions,
  restoreService,
  writtenServices,
} from './messaging-services.ts';
import type { Diversion } from './messaging-services.ts';
import { hasStale, restoreNumber, writeNumber, writtenNumbers } from './number-provisioning.ts';
import type { SetUpLog, SetUpStep, WrittenValues } from './set-up-records.ts';
import { wantedOfNumber } from './set-up-plan.ts';
import type { SetUpPlan } from './set-up-plan.ts';
import { SetUpRun, done, must, skipped, unchanged } from './set-up-run.ts';
import {
  ensureCredentials,
  ensureDomain,
  ensureMappings,
  ensureTrunk,
  removeCredentials,
  removeDomain,
  removeTrunk,
} from './sip-provisioning.ts';
import { ensureRecovery, hasRecovery, restoreRecovery } from './trunk-recovery.ts';
import { TwilioRequestError, failureOf } from '#twilio/api/twilio-http.ts';
import type { TwilioNumber } from '#twilio/api/twilio-records.ts';
import type { TwilioResult } from '#twilio/api/twilio-result.ts';
import type { LiveTwilioSettings } from '#twilio/api/twilio-settings.ts';

type Options = {
  readonly settings: LiveTwilioSettings;
  readonly written: WrittenValues;
  readonly log: SetUpLog;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly wayIn: WayIn;
};

export type ProvisioningResult = { readonly isDone: boolean; readonly steps: readonly SetUpStep[] };

export class Provisioning {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Stops at the first step that fails; what was done stays, and the next run goes on from there. */
  async provision(client: TwilioClient, plan: SetUpPlan): Promise<ProvisioningResult> {
    const run = this.#newRun();
    const { settings } = this.#options;
    const parts = { api: client.account, settings };
    const needsDomain = plan.inbound === 'webhook' || plan.outbound === 'domain';
    const needsTrunk = plan.outbound === 'trunk' || plan.inbound === 'trunk';
    const numbers: TwilioNumber[] = [];
    const isThere =
      (await run.step('numbers', async () => {
        numbers.push(...chooseNumbers(must(await client.account.listNumbers()), plan.numbers));
        return done(numbers.length === 0 ? 'None are to serve the house' : numbers.map(({ number }) => number).join(', '));
      })) &&
      (!needsDomain || (await run.step('sip-domain', () => ensureDomain(parts, plan)))) &&
      (!(needsDomain || needsTrunk) || (await run.step('sip-account', () => ensureCredentials(parts)))) &&
      (!needsDomain || (await run.step('sip-domain-access', () => ensureMappings(parts)))) &&
      (!needsTrunk || (await run.step('trunk', () => ensureTrunk(parts, plan))));
    if (isThere) {
      const { numbers: _, ...chosen } = plan;
      // Before the numbers point at us, so that the house is registered when the first call comes.
      settings.change(chosen);
      if (plan.inbound === 'trunk') {
        await run.step('trunk-origination', () => ensureOrigination(parts, this.#options.wayIn));
        await run.step('trunk-recovery', () => ensureRecovery(this.#recoveryParts(client)));
      } else if (hasRecovery(this.#recoveryParts(client))) {
        await run.step('trunk-recovery', () => restoreRecovery(this.#recoveryParts(client)));
      }
      await this.#writeNumbers(run, client, numbers);
      await this.#tellDiversions(run, client);
      if (plan.inbound !== 'trunk') await this.#tidy(run, 'origination', () => removeOrigination(parts));
      if (!needsTrunk) await this.#tidy(run, 'trunk', () => removeTrunk(parts));
      if (!needsDomain) await this.#tidy(run, 'sip-domain', () => removeDomain(parts));
    }
    return { isDone: !run.hasFailed, steps: run.steps };
  }

  /** Goes through all steps, also where one fails. Does nothing where nothing is ours. */
  async undo(client: TwilioClient): Promise<ProvisioningResult> {
    const run = this.#newRun();
    const { settings, written } = this.#options;
    const parts = { api: client.account, settings };
    const { accountSid } = client.credentials;
    const numbers = settings.current.numbers;
    // The house unregisters while its SIP Domain is still there.
    settings.change({ inbound: 'off', outbound: 'off' });
    for (const sid of writtenNumbers({ written, accountSid })) {
      const name = numbers.find((one) => one.sid === sid)?.number ?? sid;
      await run.step(`number ${name}`, () => restoreNumber({ api: client.account, written, accountSid }, sid));
    }
    for (const value of writtenServices({ written, accountSid })) {
      await run.step(`messaging-service ${value.resourceSid}`, () =>
        restoreService({ api: client.account, written, accountSid }, value),
      );
    }
    if (hasRecovery(this.#recoveryParts(client))) {
      await run.step('trunk-recovery', () => restoreRecovery(this.#recoveryParts(client)));
    }
    await run.step('sip-domain', () => removeDomain(parts));
    await run.step('trunk', () => removeTrunk(parts));
    if (!run.hasFailed) await run.step('sip-account', () => removeCredentials(parts));
    if (!run.hasFailed) settings.change({ numbers: [] });
    return { isDone: !run.hasFailed, steps: run.steps };
  }

  #recoveryParts(client: TwilioClient) {
    const { settings, written } = this.#options;
    return { api: client.account, settings: settings.current, written, accountSid: client.credentials.accountSid };
  }

  /** Lets every Messaging Service that keeps messages from the house ask it. */
  async deferMessages(client: TwilioClient): Promise<ProvisioningResult> {
    const run = this.#newRun();
    const parts = { api: client.account, written: this.#options.written, accountSid: client.credentials.accountSid };
    const diversions: Diversion[] = [];
    await run.step('messaging-services', async () => {
      diversions.push(...(await findDiversions(client.account, this.#options.settings.current)));
      return diversions.length === 0 ? unchanged('None keeps messages from the house') : done(namesOf(diversions));
    });
    for (const one of diversions) await run.step(`messaging-service ${one.name}`, () => endDiversion(parts, one));
    return { isDone: !run.hasFailed, steps: run.steps };
  }

  /** A service may hold numbers of others, so it is left as it is until somebody asks for it. */
  async #tellDiversions(run: SetUpRun, client: TwilioClient): Promise<void> {
    const found = await this.#diversions(client);
    if (found.kind !== 'ok') {
      await run.step('messaging-services', () => Promise.reject(new TwilioRequestError(found)));
      return;
    }
    for (const one of found.value) {
      const message = `It ${diversionText(one)}. ${deferAdvice}`;
      await run.step(`messaging-service ${one.name}`, () => Promise.resolve(skipped(message)));
    }
  }

  async #diversions(client: TwilioClient): Promise<TwilioResult<readonly Diversion[]>> {
    try {
      return { kind: 'ok', value: await findDiversions(client.account, this.#options.settings.current) };
    } catch (error) {
      return failureOf(error);
    }
  }

  async #writeNumbers(run: SetUpRun, client: TwilioClient, numbers: readonly TwilioNumber[]): Promise<void> {
    const { settings, written } = this.#options;
    const { accountSid } = client.credentials;
    const parts = { api: client.account, written, accountSid };
    const wanted = wantedOfNumber(settings.current);
    for (const number of numbers) {
      await run.step(`number ${number.number}`, () =>
        Object.keys(wanted).length === 0
          ? Promise.resolve(skipped('Without a public address Twilio cannot tell the house of its calls and messages'))
          : writeNumber(parts, number, wanted),
      );
      if (hasStale(parts, number.sid, wanted))
        await run.step(`number ${number.number} as before`, () => restoreNumber(parts, number.sid, wanted));
    }
    const before = settings.current.numbers;
    for (const sid of writtenNumbers(parts)) {
      if (numbers.some((one) => one.sid === sid)) continue;
      const name = before.find((one) => one.sid === sid)?.number ?? sid;
      await run.step(`number ${name}`, () => restoreNumber(parts, sid));
    }
    settings.change({ numbers: numbers.map(({ sid, number }) => ({ sid, number })) });
  }

  async #tidy(
    run: SetUpRun,
    name: 'trunk' | 'origination' | 'sip-domain',
    remove: Parameters<SetUpRun['step']>[1],
  ): Promise<void> {
    const { trunk, domain, origination } = this.#options.settings.current;
    const there = { trunk, origination, 'sip-domain': domain };
    if (there[name] !== undefined) await run.step(name === 'origination' ? 'trunk-origination' : name, remove);
  }

  #newRun(): SetUpRun {
    const { clock, log, newId } = this.#options;
    return new SetUpRun({ id: newId('run'), clock, log });
  }
}

function namesOf(diversions: readonly Diversion[]): string {
  return diversions.map(({ name }) => name).join(', ');
}

function chooseNumbers(there: readonly TwilioNumber[], wanted: readonly string[]): readonly TwilioNumber[] {
  return wanted.map((number) => {
    const found = there.find((one) => one.number === number);
    if (found !== undefined) return found;
    const message = `${number} is not a number of this account. It belongs to somebody else, or was not bought yet.`;
    throw new TwilioRequestError({ kind: 'refused', status: undefined, code: undefined, message, retryAfterSeconds: undefined });
  });
}
