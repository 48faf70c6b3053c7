// Owns what the house creates and changes in its Twilio account: the order of the steps, and how all of it is undone.
// Called by setup.ts.
// Must stay true: a second run changes nothing; after undo the account is as before, except for what was changed by others since.
import type { Clock } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import type { TwilioClient } from '#twilio/api/client.ts';
import { ensureOrigination, removeOrigination } from './origination.ts';
import type { OriginationTarget } from './origination.ts';
import {
  deferAdvice,
  describeMessagingOverride,
  removeMessagingOverride,
  findMessagingOverrides,
  restoreService,
  writtenServices,
} from './messaging-services.ts';
import type { MessagingOverride } from './messaging-services.ts';
import { previewPlan } from './plan-preview.ts';
import type { PlannedChange } from './plan-preview.ts';
import { hasStale, restoreNumber, writeNumber, writtenNumbers } from './number-provisioning.ts';
import type { SetupLog, SetupStep, AccountChangeLog } from './setup-records.ts';
import { desiredNumberConfig } from './setup-plan.ts';
import type { SetupPlan } from './setup-plan.ts';
import { SetupRun, done, unwrap, skipped, unchanged } from './setup-run.ts';
import {
  ensureCredentials,
  ensureDomain,
  ensureMappings,
  ensureTrunk,
  removeCredentials,
  removeDomain,
  removeTrunk,
} from './sip-provisioning.ts';
import { ensureRecovery, hasRecovery, restoreRecovery } from './disaster-recovery.ts';
import { TwilioRequestError, failureOf } from '#twilio/api/http.ts';
import type { TwilioNumber } from '#twilio/api/records.ts';
import type { TwilioResult } from '#twilio/api/result.ts';
import type { LiveTwilioSettings } from '#twilio/api/settings.ts';

type ProvisioningDeps = {
  readonly settings: LiveTwilioSettings;
  readonly written: AccountChangeLog;
  readonly log: SetupLog;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly originationTarget: OriginationTarget;
};

export type ProvisioningResult = { readonly isDone: boolean; readonly steps: readonly SetupStep[] };

export class Provisioning {
  readonly #deps: ProvisioningDeps;

  constructor(deps: ProvisioningDeps) {
    this.#deps = deps;
  }

  /** What a run would change; nothing is. */
  preview(client: TwilioClient, plan: SetupPlan): Promise<TwilioResult<readonly PlannedChange[]>> {
    const { settings, originationTarget } = this.#deps;
    const hasOriginationAddress = (plan.originationAddress ?? originationTarget.host) !== undefined;
    return previewPlan(client.account, { settings: settings.current, plan, hasOriginationAddress });
  }

  /** Stops at the first step that fails; what was done stays, and the next run continues from there. */
  async provision(client: TwilioClient, plan: SetupPlan): Promise<ProvisioningResult> {
    const run = this.#newRun();
    const { settings } = this.#deps;
    const deps = { api: client.account, settings };
    const needsDomain = plan.inbound === 'webhook' || plan.outbound === 'domain';
    const needsTrunk = plan.outbound === 'trunk' || plan.inbound === 'trunk';
    const numbers: TwilioNumber[] = [];
    const isThere =
      (await run.step('numbers', async () => {
        numbers.push(...chooseNumbers(unwrap(await client.account.listNumbers()), plan.numbers));
        return done(numbers.length === 0 ? 'No numbers were chosen' : numbers.map(({ number }) => number).join(', '));
      })) &&
      (!needsDomain || (await run.step('sip-domain', () => ensureDomain(deps, plan)))) &&
      (!(needsDomain || needsTrunk) || (await run.step('sip-account', () => ensureCredentials(deps)))) &&
      (!needsDomain || (await run.step('sip-domain-access', () => ensureMappings(deps)))) &&
      (!needsTrunk || (await run.step('trunk', () => ensureTrunk(deps, plan))));
    if (isThere) {
      const { numbers: _, ...chosen } = plan;
      // Before the numbers point at us, so that the house is registered when the first call comes.
      settings.change(chosen);
      if (plan.inbound === 'trunk') {
        await run.step('trunk-origination', () => ensureOrigination(deps, this.#deps.originationTarget));
        await run.step('trunk-recovery', () => ensureRecovery(this.#recoveryDeps(client)));
      } else if (hasRecovery(this.#recoveryDeps(client))) {
        await run.step('trunk-recovery', () => restoreRecovery(this.#recoveryDeps(client)));
      }
      await this.#writeNumbers(run, client, numbers);
      await this.#reportMessagingOverrides(run, client);
      if (plan.inbound !== 'trunk') await this.#removeUnused(run, 'origination', () => removeOrigination(deps));
      if (!needsTrunk) await this.#removeUnused(run, 'trunk', () => removeTrunk(deps));
      if (!needsDomain) await this.#removeUnused(run, 'sip-domain', () => removeDomain(deps));
    }
    return { isDone: !run.hasFailed, steps: run.steps };
  }

  /** Runs all steps, also after one that fails. Does nothing where nothing is ours. */
  async undo(client: TwilioClient): Promise<ProvisioningResult> {
    const run = this.#newRun();
    const { settings, written } = this.#deps;
    const deps = { api: client.account, settings };
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
    if (hasRecovery(this.#recoveryDeps(client))) {
      await run.step('trunk-recovery', () => restoreRecovery(this.#recoveryDeps(client)));
    }
    await run.step('sip-domain', () => removeDomain(deps));
    await run.step('trunk', () => removeTrunk(deps));
    if (!run.hasFailed) await run.step('sip-account', () => removeCredentials(deps));
    if (!run.hasFailed) settings.change({ numbers: [] });
    return { isDone: !run.hasFailed, steps: run.steps };
  }

  #recoveryDeps(client: TwilioClient) {
    const { settings, written } = this.#deps;
    return { api: client.account, settings: settings.current, written, accountSid: client.credentials.accountSid };
  }

  /** Makes every Messaging Service that diverts messages from the house defer to it. */
  async deferMessages(client: TwilioClient): Promise<ProvisioningResult> {
    const run = this.#newRun();
    const deps = { api: client.account, written: this.#deps.written, accountSid: client.credentials.accountSid };
    const overrides: MessagingOverride[] = [];
    await run.step('messaging-services', async () => {
      overrides.push(...(await findMessagingOverrides(client.account, this.#deps.settings.current)));
      return overrides.length === 0 ? unchanged('None diverts messages from the house') : done(namesOf(overrides));
    });
    for (const one of overrides) await run.step(`messaging-service ${one.name}`, () => removeMessagingOverride(deps, one));
    return { isDone: !run.hasFailed, steps: run.steps };
  }

  /** A service may hold other numbers, so it is changed only on request. */
  async #reportMessagingOverrides(run: SetupRun, client: TwilioClient): Promise<void> {
    const found = await this.#messagingOverrides(client);
    if (found.kind !== 'ok') {
      await run.step('messaging-services', () => Promise.reject(new TwilioRequestError(found)));
      return;
    }
    for (const one of found.value) {
      const message = `It ${describeMessagingOverride(one)}. ${deferAdvice}`;
      await run.step(`messaging-service ${one.name}`, () => Promise.resolve(skipped(message)));
    }
  }

  async #messagingOverrides(client: TwilioClient): Promise<TwilioResult<readonly MessagingOverride[]>> {
    try {
      return { kind: 'ok', value: await findMessagingOverrides(client.account, this.#deps.settings.current) };
    } catch (error) {
      return failureOf(error);
    }
  }

  async #writeNumbers(run: SetupRun, client: TwilioClient, numbers: readonly TwilioNumber[]): Promise<void> {
    const { settings, written } = this.#deps;
    const { accountSid } = client.credentials;
    const deps = { api: client.account, written, accountSid };
    const wanted = desiredNumberConfig(settings.current);
    for (const number of numbers) {
      await run.step(`number ${number.number}`, () =>
        Object.keys(wanted).length === 0
          ? Promise.resolve(skipped('Without a public URL Twilio cannot notify the house of calls and messages'))
          : writeNumber(deps, number, wanted),
      );
      if (hasStale(deps, number.sid, wanted))
        await run.step(`number ${number.number} as before`, () => restoreNumber(deps, number.sid, wanted));
    }
    const before = settings.current.numbers;
    for (const sid of writtenNumbers(deps)) {
      if (numbers.some((one) => one.sid === sid)) continue;
      const name = before.find((one) => one.sid === sid)?.number ?? sid;
      await run.step(`number ${name}`, () => restoreNumber(deps, sid));
    }
    settings.change({ numbers: numbers.map(({ sid, number }) => ({ sid, number })) });
  }

  async #removeUnused(
    run: SetupRun,
    name: 'trunk' | 'origination' | 'sip-domain',
    remove: Parameters<SetupRun['step']>[1],
  ): Promise<void> {
    const { trunk, domain, origination } = this.#deps.settings.current;
    const there = { trunk, origination, 'sip-domain': domain };
    if (there[name] !== undefined) await run.step(name === 'origination' ? 'trunk-origination' : name, remove);
  }

  #newRun(): SetupRun {
    const { clock, log, newId } = this.#deps;
    return new SetupRun({ id: newId('run'), clock, log });
  }
}

function namesOf(overrides: readonly MessagingOverride[]): string {
  return overrides.map(({ name }) => name).join(', ');
}

function chooseNumbers(there: readonly TwilioNumber[], wanted: readonly string[]): readonly TwilioNumber[] {
  return wanted.map((number) => {
    const found = there.find((one) => one.number === number);
    if (found !== undefined) return found;
    const message = `${number} is not a number of this account. It belongs to another account, or has not been bought yet.`;
    throw new TwilioRequestError({ kind: 'refused', status: undefined, code: undefined, message, retryAfterSeconds: undefined });
  });
}
