// Composes setting the house up at Twilio: credentials, provisioning, the watch over the account, and the self-test of the whole way.
// Called by app.ts.
// Must stay true: it only hands things to one another; the listeners of the settings do the rest.
import { isIPv4 } from 'node:net';
import type { Route } from '#contract/endpoint.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { Sip } from '#sip/sip.ts';
import { TwilioChangesStore } from '#twilio/setup/changes-store.ts';
import { TwilioStepsStore } from '#twilio/setup/steps-store.ts';
import { AccountWatch } from '#twilio/setup/account-watch.ts';
import { Provisioning } from '#twilio/setup/provisioning.ts';
import type { OriginationTarget } from '#twilio/setup/origination.ts';
import type { SelfTest } from '#twilio/webhooks/self-test.ts';
import { TwilioSetup } from '#twilio/setup/setup.ts';
import type { SelfCheck } from '#twilio/setup/setup.ts';
import { setupRoutes } from '#twilio/setup/setup-routes.ts';
import type { HouseNumbers } from '#twilio/setup/setup-routes.ts';
import { trunkName } from '#twilio/api/settings.ts';
import type { Options } from '#options/options.ts';
import type { Storage, AppContext } from './context.ts';
import type { TwilioServices } from './twilio.ts';

type TwilioSetupDeps = AppContext & {
  readonly twilio: TwilioServices;
  readonly storage: Storage;
  readonly numbers: Numbers;
  readonly sip: Pick<Sip, 'trunkStates'>;
  readonly selfTest: SelfTest;
};

export function composeTwilioSetup(deps: TwilioSetupDeps): { readonly setup: TwilioSetup; readonly routes: readonly Route[] } {
  const { twilio, storage, clock, newId, health, stack } = deps;
  const { settings, connection } = twilio;
  const log = deps.log.child({ room: 'twilio' });
  const steps = new TwilioStepsStore(storage.db);
  const written = new TwilioChangesStore({ db: storage.db, clock });
  const provisioning = new Provisioning({
    settings,
    written,
    log: steps,
    clock,
    newId,
    originationTarget: originationTarget(deps.options),
  });
  const watch = new AccountWatch({ settings, connection, clock, log });
  const numbers = houseNumbers(deps.numbers);
  const onNumbers = async (chosen: readonly string[]) => {
    await numbers.add(chosen);
    twilio.outbox.retryNow('Twilio');
  };
  const setup = new TwilioSetup({ settings, connection, provisioning, watch, log: steps, onNumbers });
  setup.addCheck(publicUrlCheck(deps));
  setup.addCheck(registrationCheck(deps));
  setup.addCheck(mediaRelayCheck(deps));
  health.watch('Twilio', () => watch.health());
  watch.start();
  stack.defer(() => watch.stop());
  return { setup, routes: setupRoutes(setup, numbers) };
}

/** Encrypted where we can, for a secret is in it; else by TCP, which no INVITE is too long for. Twilio has no IPv6. */
function originationTarget({ sip: { listen, externalIp } }: Options): OriginationTarget {
  const host = externalIp !== undefined && isIPv4(externalIp) ? externalIp : undefined;
  for (const transport of ['tls', 'tcp', 'udp'] as const) {
    const found = listen.find((one) => one.startsWith(`${transport}:`));
    if (found !== undefined) return { host, transport, port: Number(found.slice(found.lastIndexOf(':') + 1)) };
  }
  return { host, transport: 'udp', port: 5060 };
}

function houseNumbers(numbers: Numbers): HouseNumbers {
  return {
    all: () => numbers.all().map(({ number }) => number),
    add: async (wanted) => {
      const missing = wanted.filter((number) => numbers.byNumber(number) === undefined);
      await Promise.all(
        missing.map((number) => numbers.create({ number, name: '', ownerPersonId: undefined, voiceEnabled: true })),
      );
      return missing;
    },
  };
}

function publicUrlCheck({ twilio: { settings }, selfTest }: Pick<TwilioSetupDeps, 'twilio' | 'selfTest'>): SelfCheck {
  return {
    name: 'public address',
    run: async () => {
      if (settings.current.publicUrl === undefined) return { status: 'ok', message: 'There is none' };
      const { kind, message } = await selfTest.run();
      return { status: kind === 'passed' ? 'ok' : 'down', message };
    },
  };
}

function registrationCheck({ twilio: { settings }, sip }: Pick<TwilioSetupDeps, 'twilio' | 'sip'>): SelfCheck {
  return {
    name: 'registration',
    run: () => {
      if (settings.current.inbound !== 'webhook') return { status: 'ok', message: 'Calls do not come in by registration' };
      const state = sip.trunkStates().find(({ name }) => name === trunkName);
      if (state?.isReady === true) return { status: 'ok', message: 'The house is registered at its SIP Domain' };
      return { status: 'down', message: 'The house is not registered at its SIP Domain: calls that come in go to voicemail' };
    },
  };
}

function mediaRelayCheck({ health }: Pick<TwilioSetupDeps, 'health'>): SelfCheck {
  return {
    name: 'media relay',
    run: async () => {
      const { parts } = await health.report();
      return parts.find(({ name }) => name === 'media relay') ?? { status: 'ok', message: 'There is no relay to look at' };
    },
  };
}
