import type { Log } from '#base/log.ts';
import { TwilioClient } from './client.ts';
import type { TwilioCredentials } from './client.ts';
import type { TwilioHttp } from './http.ts';
import type { TwilioFailure, TwilioResult } from './result.ts';
import type { LiveTwilioSettings, TwilioSettings } from './settings.ts';

type TwilioConnectionDeps = { readonly settings: LiveTwilioSettings; readonly http: TwilioHttp; readonly log: Log };

/** The client of the account that is configured now; changed credentials make a new one. */
export class TwilioConnection {
  readonly #deps: TwilioConnectionDeps;
  #client: TwilioClient | undefined;

  constructor(deps: TwilioConnectionDeps) {
    this.#deps = deps;
  }

  /** Undefined while no account is configured. */
  client(): TwilioClient | undefined {
    const credentials = credentialsOf(this.#deps.settings.current);
    if (credentials === undefined) return undefined;
    if (this.#client === undefined || !isSame(this.#client.credentials, credentials)) this.#client = this.clientFor(credentials);
    return this.#client;
  }

  /** For validating credentials before they are kept. */
  clientFor(credentials: TwilioCredentials): TwilioClient {
    const { http, log } = this.#deps;
    return new TwilioClient({ credentials, http, log });
  }

  /** Runs `run` with the client; without an account the result is `unreachable`. */
  request<Value>(run: (client: TwilioClient) => Promise<TwilioResult<Value>>): Promise<TwilioResult<Value>> {
    const client = this.client();
    return client === undefined ? Promise.resolve(notConfigured) : run(client);
  }
}

const notConfigured: TwilioFailure = {
  kind: 'unreachable',
  status: undefined,
  code: undefined,
  message: 'No Twilio account is set up',
  retryAfterSeconds: undefined,
};

/** The API key where there is one, else the account itself. */
export function credentialsOf({ accountSid, authToken, apiKey }: TwilioSettings): TwilioCredentials | undefined {
  if (accountSid === undefined) return undefined;
  if (apiKey !== undefined) return { accountSid, username: apiKey.sid, password: apiKey.secret };
  return authToken === undefined ? undefined : { accountSid, username: accountSid, password: authToken };
}

function isSame(one: TwilioCredentials, other: TwilioCredentials): boolean {
  return one.accountSid === other.accountSid && one.username === other.username && one.password === other.password;
}
