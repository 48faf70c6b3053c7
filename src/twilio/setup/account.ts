import type { accountProblemReasons } from '#contract/setup.ts';
import type { TwilioClient } from '#twilio/api/client.ts';
import type { TwilioAccountFacts, TwilioBalance, TwilioNumber } from '#twilio/api/records.ts';
import type { TwilioFailure, TwilioResult } from '#twilio/api/result.ts';

/** Credentials as they were entered. */
export type CredentialsInput = {
  readonly accountSid: string;
  readonly authToken: string;
  readonly apiKey?: { readonly sid: string; readonly secret: string } | undefined;
};

export type CredentialField = 'accountSid' | 'authToken' | 'apiKeySid' | 'apiKeySecret';

export type AccountProblemReason = (typeof accountProblemReasons)[number];

export type AccountProblem = {
  readonly reason: AccountProblemReason;
  /** `stops`: nothing works. `limits`: some things do not. */
  readonly weight: 'stops' | 'limits';
  readonly message: string;
  readonly field?: CredentialField;
  readonly code?: number | undefined;
};

export type AccountReport = {
  readonly account: TwilioAccountFacts | undefined;
  readonly balance: TwilioBalance | undefined;
  readonly numbers: readonly TwilioNumber[];
  readonly problems: readonly AccountProblem[];
};

const whereSid = 'It begins with AC and is on the first page of the Twilio Console, under Account Info.';
const whereToken = 'It is on the first page of the Twilio Console, under Account Info, below the account SID, behind Show.';
const whereKey = 'Keys are created in the Twilio Console under Account, API keys & tokens; the secret is shown only once.';

/** What is wrong with credentials, before any request. */
export function validateCredentials({ accountSid, authToken, apiKey }: CredentialsInput): readonly AccountProblem[] {
  const problems: AccountProblem[] = [];
  const add = (field: CredentialField, reason: AccountProblemReason, message: string) =>
    problems.push({ weight: 'stops', field, reason, message });
  if (/^SK[0-9a-f]{32}$/i.test(accountSid))
    add('accountSid', 'key-as-account', `This is an API key SID, not the account SID. ${whereSid}`);
  else if (!/^AC[0-9a-f]{32}$/i.test(accountSid)) {
    add('accountSid', 'malformed-account', `This is not an account SID: AC and 32 hexadecimal digits are expected. ${whereSid}`);
  }
  if (!/^[0-9a-f]{32}$/i.test(authToken))
    add('authToken', 'malformed-token', `This is not an auth token: 32 hexadecimal digits are expected. ${whereToken}`);
  if (apiKey !== undefined && !/^SK[0-9a-f]{32}$/i.test(apiKey.sid)) {
    add('apiKeySid', 'malformed-key', `This is not an API key SID: SK and 32 hexadecimal digits are expected. ${whereKey}`);
  }
  return problems;
}

/** Reads the account with the token, and with the API key where there is one. Nothing is changed. */
export async function reportAccount(asAccount: TwilioClient, asKey: TwilioClient | undefined): Promise<AccountReport> {
  const fetched = await asAccount.account.fetchAccount();
  if (fetched.kind !== 'ok') return { ...nothingKnown, problems: [problemOfToken(fetched)] };
  const account = fetched.value;
  const problems = problemsOfState(account);
  if (account.status === 'closed') return { ...nothingKnown, account, problems };
  const [balance, numbers, byKey] = await Promise.all([
    asAccount.account.fetchBalance(),
    asAccount.account.listNumbers(),
    asKey?.account.listNumbers(),
  ]);
  const known = numbers.kind === 'ok' ? numbers.value : [];
  return {
    account,
    balance: balance.kind === 'ok' ? balance.value : undefined,
    numbers: known,
    problems: [...problems, ...problemsOfKey(byKey), ...problemsOfNumbers(numbers), ...problemsOfBalance(balance, account)],
  };
}

const nothingKnown: Omit<AccountReport, 'problems'> = { account: undefined, balance: undefined, numbers: [] };

function problemOfToken(failure: TwilioFailure): AccountProblem {
  const { kind, status, code, message } = failure;
  if (kind !== 'refused')
    return { weight: 'stops', reason: 'unreachable', message: `Twilio cannot be queried at the moment. ${message}`, code };
  if (status === 404 || /invalid username/i.test(message)) {
    return {
      weight: 'stops',
      reason: 'unknown-account',
      field: 'accountSid',
      message: `Twilio has no account with this SID. ${whereSid}`,
      code,
    };
  }
  if (code === 20008) {
    return {
      weight: 'stops',
      reason: 'test-credentials',
      field: 'authToken',
      message: `These are test credentials; use the live ones. ${whereToken}`,
      code,
    };
  }
  if (status === 401 || code === 20003) {
    const message401 =
      `Twilio does not accept this auth token for this account SID. ${whereToken} ` +
      'If the token is right, the SID belongs to another account.';
    return { weight: 'stops', reason: 'wrong-token', field: 'authToken', message: message401, code };
  }
  return { weight: 'stops', reason: 'other', message, code };
}

/** What a suspended, closed or trial account cannot do. */
function problemsOfState({ status, type }: Pick<TwilioAccountFacts, 'status' | 'type'>): readonly AccountProblem[] {
  const problems: AccountProblem[] = [];
  if (status === 'suspended') {
    problems.push({
      weight: 'stops',
      reason: 'suspended',
      message:
        'Twilio has suspended the account: no calls come in or go out, no messages are sent, and nothing can be set up. ' +
        'Usually the balance is used up; check billing in the Twilio Console, or ask Twilio’s support.',
      code: 20005,
    });
  } else if (status !== 'active') {
    problems.push({
      weight: 'stops',
      reason: 'closed',
      message: 'The Twilio account is closed and cannot be reopened; use another account.',
      code: 20005,
    });
  }
  if (type === 'Trial') {
    problems.push({
      weight: 'limits',
      reason: 'trial',
      message:
        'This is a trial account. Until it is upgraded, calls and messages go only to numbers verified at Twilio, calls begin with an ' +
        'announcement by Twilio and end after ten minutes, and voicemail may not be recorded.',
    });
  }
  return problems;
}

function problemsOfKey(asked: TwilioResult<unknown> | undefined): readonly AccountProblem[] {
  if (asked === undefined || asked.kind === 'ok') return [];
  if (asked.kind !== 'refused')
    return [{ weight: 'stops', reason: 'unreachable', message: `Twilio cannot be queried at the moment. ${asked.message}` }];
  const message = `Twilio does not accept this API key and secret for this account. ${whereKey}`;
  return [{ weight: 'stops', reason: 'wrong-key', field: 'apiKeySecret', message, code: asked.code }];
}

function problemsOfNumbers(numbers: TwilioResult<readonly TwilioNumber[]>): readonly AccountProblem[] {
  if (numbers.kind !== 'ok')
    return [{ weight: 'limits', reason: 'numbers-unknown', message: `The numbers could not be listed. ${numbers.message}` }];
  if (numbers.value.length === 0) {
    const message = 'The account has no phone number yet. Buy one in the Twilio Console under Phone Numbers.';
    return [{ weight: 'limits', reason: 'no-numbers', message }];
  }
  if (numbers.value.some(({ capabilities: { voice } }) => voice)) return [];
  const message = 'No number of the account can make calls. Buy one with Voice in the Twilio Console under Phone Numbers.';
  return [{ weight: 'limits', reason: 'no-voice-numbers', message }];
}

/** Below this, calls may fail within days. */
const lowBalance = 2;

function problemsOfBalance(balance: TwilioResult<TwilioBalance>, { type }: TwilioAccountFacts): readonly AccountProblem[] {
  if (balance.kind !== 'ok' || type === 'Trial' || balance.value.amount >= lowBalance) return [];
  const { amount, currency } = balance.value;
  const message = `Only ${amount.toFixed(2)} ${currency} are left. When the balance is used up, Twilio suspends the account.`;
  return [{ weight: 'limits', reason: 'low-balance', message }];
}
