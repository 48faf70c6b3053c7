import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { SrfConnection } from '#sip/dialog/srf-connection.ts';
import { digestCredentials } from '#sip/message/digest-credentials.ts';
import { escapeUser } from '#sip/message/headers.ts';
import type { SrfResponse } from '#sip/message/srf-types.ts';
import { proxyUriOf, trunkHostPort } from './outbound-route.ts';
import { sendOptions } from './probe.ts';
import { failureOf } from './registration.ts';
import type { TrunkSettings } from './settings.ts';
import { kindOfFailure, printable } from './status.ts';
import type { TrunkStatus } from './status.ts';

/** `registered` is what a registration would be; `ready`: something responds there. */
export type TrunkAnswer = {
  readonly kind: Exclude<TrunkStatus['kind'], 'registering'>;
  readonly sipStatus?: number;
  readonly reason?: string;
};

type AskDeps = { readonly connection: Pick<SrfConnection, 'send'>; readonly clock: Clock };

/** A datagram that is lost is sent again five times within it (RFC 3261 section 17.1.2.1). */
const patienceMs = 10_000;
const maxTries = 3;

/**
 * Signs in where the account is to be registered, else asks whether anybody is there. The REGISTER has no Contact: it asks for the
 * registrations of the account and changes none (RFC 3261 section 10.2.3).
 */
export function askTrunk(deps: AskDeps, settings: TrunkSettings): Promise<TrunkAnswer> {
  return new Promise((resolve) => {
    const timer = deps.clock.after(patienceMs, () => resolve({ kind: 'unreachable' }));
    const done = (response: SrfResponse | undefined) => {
      timer.cancel();
      resolve(answerOf(settings, response));
    };
    if (settings.register) sendQuery(deps.connection, settings, done);
    else
      sendOptions(deps.connection, { uri: `sip:${trunkHostPort(settings, settings.host)}`, proxy: proxyUriOf(settings) }, done);
  });
}

function answerOf({ register }: TrunkSettings, response: SrfResponse | undefined): TrunkAnswer {
  if (response === undefined) return { kind: 'unreachable' };
  const failure = failureOf(response);
  if (failure === undefined) return { kind: register ? 'registered' : 'ready', sipStatus: response.status };
  if (failure.isOurs) return { kind: kindOfFailure(failure) as TrunkAnswer['kind'] };
  const kind = register ? (kindOfFailure(failure) as TrunkAnswer['kind']) : 'ready';
  return { kind, sipStatus: failure.status, reason: printable(failure.reason) };
}

function sendQuery(
  connection: AskDeps['connection'],
  settings: TrunkSettings,
  done: (response: SrfResponse | undefined) => void,
): void {
  const { host, username = '', authUsername = username, password, domain = host } = settings;
  const uri = `sip:${trunkHostPort(settings, host)}`;
  const proxy = proxyUriOf(settings);
  const account = `<sip:${escapeUser(username)}@${domain}>`;
  const credentials = password === undefined ? undefined : digestCredentials({ username: authUsername, password });
  const common = {
    From: `${account};tag=${randomBytes(8).toString('hex')}`,
    To: account,
    'Call-ID': randomUUID(),
    'User-Agent': 'GoSIP',
  };
  const send = (tries: number, more: Record<string, string>) =>
    connection.send(
      {
        method: 'REGISTER',
        uri,
        ...(proxy === undefined ? {} : { proxy }),
        headers: { ...common, CSeq: `${tries} REGISTER`, ...more },
      },
      {
        failed: () => done(undefined),
        response: (response) => {
          const { status, headers } = response;
          if (status < 200) return;
          const isChallenge = status === 401 || status === 407;
          const answered = isChallenge && tries < maxTries ? credentials?.(headers, { method: 'REGISTER', uri }) : undefined;
          if (answered === undefined) done(response);
          else send(tries + 1, { [answered.name]: answered.value });
        },
      },
    );
  send(1, {});
}
