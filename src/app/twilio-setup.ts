// Composes setting the house up at Twilio: credentials, provisioning, the watch over the account, and the self-test of the whole way.
// Called by app.ts.
// Must stay true: it only hands things to one another; the listeners of the settings do the rest.
import { isIPv4 } from 'node:net';
import type { Route } from '#contract/endpoint.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { Sip } from '#sip/sip.ts';
import { TwilioChangesStore } from '#twilio/setup/twilio-changes-store.ts';
import { TwilioStepsStore } from '#twilio/setup/twilio-steps-store.ts';
import { AccountWatch } from '#twilio/setup/account-watch.ts';
import { Provisioning } from '#twilio/setup/provisioning.ts';
import type { WayIn } from '#twilio/setup/origination.ts';
import type { SelfTest } from '#twilio/webhooks/self-test.ts';
import { TwilioSetUp } from '#twilio/setup/set-up.ts';
import type { SelfCheck } from '#twilio/setup/set-up.ts';
import { setUpRoutes } from '#twilio/setup/set-up-routes.ts';
import type { HouseNumbers } from '#twilio/setup/set-up-routes.ts';
import { trunkName } from '#twilio/api/twilio-settings.ts';
import type { Options } from '#options/options.ts';
import type { Storage, Surroundings } from './context.ts';
import type { TwilioGround } from './twilio.ts';

type Parts = Surroundings & {
  readonly twilio: TwilioGround;
  readonly storage: Storage;
  readonly numbers: Numbers;
  readonly sip: Pick<Sip, 'trunkStates'>;
  readonly selfTest: SelfTest;
};

export function startSetUp(parts: Parts): { readonly setUp: TwilioSetUp; readonly routes: readonly Route[] } {
  const { twilio, storage, clock, newId, health, stack } = parts;
  const { settings, connection } = twilio;
  const log = parts.log.child({ room: 'twilio' });
  const steps = new TwilioStepsStore(storage.db);
  const written = new TwilioChangesStore({ db: storage.db, clock });
  const provisioning = new Provisioning({ settings, written, log: steps, clock, newId, wayIn: wayIn(parts.options) });
  const watch = new AccountWatch({ settings, connection, clock, log });
  const numbers = houseNumbers(parts.numbers);
  const onNumbers = async (chosen: readonly string[]) => {
    await numbers.add(chosen);
    twilio.outbox.retryNow('Twilio');
  };
  const setUp = new TwilioSetUp({ settings, connection, provisioning, watch, log: steps, onNumbers });
  setUp.addCheck(publicUrlCheck(parts));
  setUp.addCheck(registrationCheck(parts));
  setUp.addCheck(soundCheck(parts));
  health.watch('Twilio', () => watch.health());
  watch.start();
  stack.defer(() => watch.stop());
  return { setUp, routes: setUpRoutes(setUp, numbers) };
}

/** Encrypted where we can, for a secret is in it; else by TCP, which no INVITE is too long for. Twilio has no IPv6. */
function wayIn({ sip: { listen, externalIp } }: Options): WayIn {
  const host = externalIp !== undefined && isIPv4(externalIp) ? externalIp : undefined;
  for (const transport of ['tls', 'tcp', 'udp'] as const) {
    const found = listen.find((one) => one.startsWith(`${transport}:`));
    if (found !== undefined) return { host, transport, port: Number(found.slice(found.lastIndexOf(':') + 1)) };
  }
  return { host, transport: 'udp', port: 5060 };
}

function houseNumbers(numbers: Numbers): HouseNumbers {
  return {
    all: () =>
      numbers
        .list({ limit: 1000, offset: 0, sort: 'number', order: 'asc', personId: undefined })
        .items.map(({ number }) => number),
    add: async (wanted) => {
      const missing = wanted.filter((number) => numbers.byNumber(number) === undefined);
      await Promise.all(
        missing.map((number) => numbers.create({ number, name: '', ownerPersonId: undefined, voiceEnabled: true })),
      );
      return missing;
    },
  };
}

function publicUrlCheck({ twilio: { settings }, selfTest }: Pick<Parts, 'twilio' | 'selfTest'>): SelfCheck {
  return {
    name: 'public address',
    run: async () => {
      if (settings.current.publicUrl === undefined) return { status: 'ok', message: 'There is none' };
      const { kind, message } = await selfTest.run();
      return { status: kind === 'passed' ? 'ok' : 'down', message };
    },
  };
}

function registrationCheck({ twilio: { settings }, sip }: Pick<Parts, 'twilio' | 'sip'>): SelfCheck {
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

function soundCheck({ health }: Pick<Parts, 'health'>): SelfCheck {
  return {
    name: 'sound',
    run: async () => {
      const { parts } = await health.report();
      return parts.find(({ name }) => name === 'sound') ?? { status: 'ok', message: 'There is no relay to look at' };
    },
  };
}
