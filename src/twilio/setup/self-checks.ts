// Owns what the self-test of the setup tries beside Twilio itself, and what it says to the user.
// Called by app/twilio-setup.ts, which hands in what other rooms know.
// Must stay true: a check changes nothing, and a bad answer says what does not work.
import type { PartHealth } from '#contract/system.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import type { SelfTest } from '#twilio/webhooks/self-test.ts';
import type { SelfCheck } from './setup.ts';

export type SelfCheckDeps = {
  readonly settings: () => Pick<TwilioSettings, 'publicUrl' | 'inbound'>;
  readonly selfTest: Pick<SelfTest, 'run'>;
  /** Whether we are registered at our SIP Domain. */
  readonly isRegistered: () => boolean;
  /** How the media relay is. */
  readonly mediaRelay: () => PartHealth | Promise<PartHealth>;
};

export function selfChecks({ settings, selfTest, isRegistered, mediaRelay }: SelfCheckDeps): readonly SelfCheck[] {
  return [
    { name: 'public address', run: () => checkPublicAddress(settings(), selfTest) },
    { name: 'registration', run: () => checkRegistration(settings(), isRegistered()) },
    { name: 'media relay', run: mediaRelay },
  ];
}

async function checkPublicAddress(
  { publicUrl }: Pick<TwilioSettings, 'publicUrl'>,
  selfTest: SelfCheckDeps['selfTest'],
): Promise<PartHealth> {
  if (publicUrl === undefined) return { status: 'ok', message: 'There is none' };
  const { kind, message } = await selfTest.run();
  return { status: kind === 'passed' ? 'ok' : 'down', message };
}

function checkRegistration({ inbound }: Pick<TwilioSettings, 'inbound'>, isRegistered: boolean): PartHealth {
  if (inbound !== 'webhook') return { status: 'ok', message: 'Calls do not come in by registration' };
  if (isRegistered) return { status: 'ok', message: 'The house is registered at its SIP Domain' };
  return { status: 'down', message: 'The house is not registered at its SIP Domain: inbound calls go to voicemail' };
}
