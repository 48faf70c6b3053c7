// Composes the setup at Twilio: credentials, provisioning, the watch over the account, and the end-to-end self-test.
// Called by app.ts.
// Must stay true: it only hands things to one another; the listeners of the settings do the rest.
import type { Probe } from '#contract/system.ts';
import type { Numbers } from '#numbers/numbers.ts';
import { isTrunkReachable } from '#sip/trunk/reachability.ts';
import type { Sip } from '#sip/sip.ts';
import { TwilioChangesStore } from '#twilio/setup/changes-store.ts';
import type { SetupLog } from '#twilio/setup/setup-records.ts';
import { TwilioStepsStore } from '#twilio/setup/steps-store.ts';
import { accountAlerts } from '#twilio/setup/account-alerts.ts';
import { AccountWatch } from '#twilio/setup/account-watch.ts';
import { Provisioning } from '#twilio/setup/provisioning.ts';
import { originationTargetOf } from '#twilio/setup/origination-target.ts';
import { selfChecks } from '#twilio/setup/self-checks.ts';
import type { SelfTest } from '#twilio/webhooks/self-test.ts';
import { TwilioSetup } from '#twilio/setup/setup.ts';
import { twilioEntities } from '#twilio/setup/twilio-entities.ts';
import { setupRoutes } from '#twilio/setup/setup-routes.ts';
import { trunkName } from '#twilio/api/settings.ts';
import type { Storage, AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';
import type { TwilioServices } from './twilio.ts';

type TwilioSetupDeps = AppContext & {
  readonly twilio: TwilioServices;
  readonly storage: Storage;
  readonly numbers: Numbers;
  readonly sip: Pick<Sip, 'trunkStates'>;
  readonly selfTest: SelfTest;
  /** How the media relay is. */
  readonly mediaRelay: Probe;
};

export function composeTwilioSetup(deps: TwilioSetupDeps): { readonly setup: TwilioSetup; readonly face: RoomFace } {
  const { options, twilio, storage, numbers, sip, selfTest, mediaRelay, clock, newId, stack, events } = deps;
  const { settings, connection } = twilio;
  const log = deps.log.child({ room: 'twilio' });
  const steps = new TwilioStepsStore(storage.db);
  const changed = () => events.emit('twilio.changed', {});
  const written = new TwilioChangesStore({ db: storage.db, clock });
  const provisioning = new Provisioning({
    settings,
    written,
    log: toldSteps(steps, changed),
    clock,
    newId,
    originationTarget: originationTargetOf(options.sip),
  });
  const watch = new AccountWatch({ settings, connection, clock, log, onChecked: changed });
  const onNumbers = async (chosen: readonly string[]) => {
    await numbers.addMissing(chosen);
    twilio.outbox.retryNow('Twilio');
  };
  const setup = new TwilioSetup({ settings, connection, provisioning, watch, log: steps, onNumbers });
  const isRegistered = () => sip.trunkStates().some(({ name, isReady }) => name === trunkName && isReady);
  for (const check of selfChecks({ settings: () => settings.current, selfTest, isRegistered, mediaRelay })) setup.addCheck(check);
  watch.start();
  stack.defer(() => watch.stop());
  const entities = twilioEntities({
    isSetUp: () => settings.current.accountSid !== undefined,
    health: () => watch.health(),
    isTrunkReady: () => isTrunkReachable(sip.trunkStates(), trunkName),
    outboxProblem: () => twilio.outbox.problemOf('Twilio'),
  });
  const alerts = accountAlerts(() => watch.state);
  return {
    setup,
    face: faceOf({ routes: setupRoutes(setup, numbers), entities, alerts, probes: { Twilio: () => watch.health() } }),
  };
}

/** Whoever looks sees each step as it is made. */
function toldSteps(steps: SetupLog, changed: () => void): SetupLog {
  return {
    add: (runId, step) => {
      steps.add(runId, step);
      changed();
    },
    lastRun: () => steps.lastRun(),
  };
}
