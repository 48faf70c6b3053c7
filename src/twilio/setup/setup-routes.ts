import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { givenFields } from '#base/given-fields.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import {
  deferMessages,
  getTwilioSetup,
  previewTwilio,
  provisionTwilio,
  syncNumbers,
  testTwilio,
  undoTwilio,
  validateTwilio,
} from '#contract/setup.ts';
import type { ProvisionTwilioBody } from '#contract/setup.ts';
import type { AccountProblem } from './account.ts';
import type { Drift } from './drift.ts';
import { explainErrorCode } from '#twilio/api/error-messages.ts';
import { signallingAddresses } from './origination.ts';
import type { SetupStep } from './setup-records.ts';
import type { SetupPlan } from './setup-plan.ts';
import type { ProvisionRequest, TwilioSetup } from './setup.ts';
import type { TwilioAlert, TwilioNumber } from '#twilio/api/records.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';

/** The numbers of the house, E.164. */
export type HouseNumbers = {
  all(): readonly { readonly number: string }[];
  /** Adds those that are missing; returns them. */
  addMissing(numbers: readonly string[]): Promise<readonly string[]>;
};

export function setupRoutes(setup: TwilioSetup, numbers: HouseNumbers): readonly Route[] {
  return [
    handle(getTwilioSetup, () => toSetup(setup)),
    handle(validateTwilio, async ({ body: { accountSid, authToken, apiKeySid, apiKeySecret } }) => {
      const apiKey = toApiKey(apiKeySid, apiKeySecret);
      const { account, balance, numbers, problems } = await setup.validate({ accountSid, authToken, apiKey });
      return {
        isUsable: problems.every(({ weight }) => weight !== 'stops'),
        account: account ?? null,
        balance: balance ?? null,
        numbers: numbers.map((number) => toNumber(number, setup.settings)),
        problems: problems.map(toProblem),
      };
    }),
    handle(previewTwilio, async ({ body }) => ({
      changes: (await setup.preview(toRequest(body))).map((change) => ({ ...change, field: change.field ?? null })),
    })),
    handle(provisionTwilio, async ({ body }) => {
      const result = await setup.provision(toRequest(body));
      return { isDone: result.isDone, steps: result.steps.map(toStep), setUp: toSetup(setup) };
    }),
    handle(undoTwilio, async ({ body }) => {
      const result = await setup.undo(body);
      return { isDone: result.isDone, steps: result.steps.map(toStep), setUp: toSetup(setup) };
    }),
    handle(deferMessages, async () => {
      const result = await setup.deferMessages();
      return { isDone: result.isDone, steps: result.steps.map(toStep), setUp: toSetup(setup) };
    }),
    handle(syncNumbers, async () => {
      const there = await setup.accountNumbers();
      const missing = numbers.all().flatMap(({ number }) => (there.includes(number) ? [] : [number]));
      return { added: [...(await numbers.addMissing(there))], missing };
    }),
    handle(testTwilio, async () => {
      const checks = await setup.selfTest();
      return { isPassed: checks.every(({ status }) => status === 'ok'), checks: [...checks] };
    }),
  ];
}

function toRequest(body: ProvisionTwilioBody): ProvisionRequest {
  const {
    accountSid,
    authToken,
    apiKeySid,
    apiKeySecret,
    webhookSharedKeys,
    publicUrl,
    originationAddress,
    signallingAddresses: from,
    ...plan
  } = body;
  const apiKey = apiKeySid === null ? null : toApiKey(apiKeySid, apiKeySecret);
  return {
    credentials: givenFields({ accountSid, authToken, apiKey, webhookSharedKeys }),
    plan: {
      ...givenFields<SetupPlan>(plan),
      ...(publicUrl === undefined ? {} : { publicUrl: publicUrl?.replace(/\/+$/, '') }),
      ...(originationAddress === undefined ? {} : { originationAddress: originationAddress ?? undefined }),
      ...(from === undefined ? {} : { signallingAddresses: from ?? undefined }),
    },
  };
}

function toApiKey(sid: string | undefined, secret: string | undefined): { sid: string; secret: string } | undefined {
  if (sid === undefined && secret === undefined) return undefined;
  if (sid !== undefined && secret !== undefined) return { sid, secret };
  const field = sid === undefined ? 'apiKeySid' : 'apiKeySecret';
  throw new AppError('invalid', 'An API key needs both its SID and its secret', { details: [{ field, message: 'is missing' }] });
}

function toSetup(setup: TwilioSetup) {
  const { settings, watch, lastSteps } = setup;
  const { state } = watch;
  return {
    isSetUp: settings.accountSid !== undefined,
    account: state?.account ?? null,
    balance: state?.balance ?? null,
    hasApiKey: settings.apiKey !== undefined,
    webhookSharedKeys: settings.webhookSharedKeys.map(({ id }) => id),
    publicUrl: settings.publicUrl ?? null,
    inbound: settings.inbound,
    outbound: settings.outbound,
    isSecure: settings.isSecure,
    edge: settings.edge,
    sipDomain: settings.domain?.name ?? null,
    sipUsername: settings.sipAccount?.username ?? null,
    trunk: settings.trunk?.name ?? null,
    originationAddress: settings.origination?.address ?? null,
    signallingAddresses: [...(settings.signallingAddresses ?? signallingAddresses)],
    numbers: settings.numbers.map(({ number }) => number),
    problems: (state?.problems ?? []).map(toProblem),
    drift: (state?.drift ?? []).map(toDrift),
    alerts: (state?.alerts ?? []).map(toAlert),
    lastSteps: lastSteps.map(toStep),
    lookedAt: isoTimeOrNull(state?.lookedAt),
  };
}

function toProblem({ reason, weight, message, field, code }: AccountProblem) {
  return { reason, weight, message, field: field ?? null, code: code ?? null };
}

function toStep({ step, outcome, message, code, at }: SetupStep) {
  return { step, outcome, message, code: code ?? null, at: isoTime(at) };
}

function toDrift({ what, field, is, should, mend }: Drift) {
  return { what, field: field ?? null, is, should, mend };
}

function toAlert({ code, text, requestUrl, at }: TwilioAlert) {
  return {
    code: code ?? null,
    message: explainErrorCode(code, text),
    url: requestUrl,
    at: isoTimeOrNull(at),
  };
}

function toNumber(
  { number, name, capabilities, voiceUrl, voiceApplicationSid, trunkSid }: TwilioNumber,
  { publicUrl, origination, trunk }: TwilioSettings,
) {
  const isAsked = publicUrl !== undefined && voiceUrl === webhookUrl(publicUrl, webhookPaths.voiceInbound);
  // A trunk overrides the webhook.
  const isOurs = trunkSid === '' ? isAsked : origination !== undefined && trunkSid === trunk?.sid;
  const isServed = voiceUrl !== '' || voiceApplicationSid !== '' || trunkSid !== '';
  const servedBy = isOurs ? ('house' as const) : isServed ? ('somebody-else' as const) : ('nobody' as const);
  return { number, name, ...capabilities, servedBy };
}
