// Gives the phones of a house what they have after some weeks: faults, limits of their own, calls that were not allowed.
// Called by furnished-house.ts; `furnishTwilio` by script/panel-screenshots, which has an account to connect.
import type { TwilioEmulator } from '#testing/twilio/emulator.ts';
import type { PanelHouse } from './panel-house.ts';

type Made = { readonly id: string; readonly username: string; readonly secret: string };
type Listed = { readonly items: readonly { readonly id: string; readonly extension: string; readonly username: string }[] };

export async function furnishSetup(house: PanelHouse): Promise<void> {
  const { items } = await house.ask<Listed>('GET', '/devices');
  const of = (extension: string) => items.find((one) => one.extension === extension);
  const [guest, office, door] = [of('14'), of('15'), of('13')];
  const wrong = await house.phone({ username: guest?.username ?? '', secret: 'mistyped' });
  await wrong.register();
  const countries = { allow: 'countries', countries: ['AT', 'CH'], numbers: ['+14165550177'] };
  await house.ask('PUT', `/devices/${office?.id}/call-permission`, countries);
  await house.ask('PUT', `/devices/${guest?.id}/child-line`, {
    allowed: [{ kind: 'number', number: '+442079460123' }],
    quiet: [{ from: '20:00', to: '06:30' }],
  });
  await house.ask('PUT', `/devices/${door?.id}/hotline`, { target: { kind: 'device', id: of('11')?.id }, applies: 'always' });
  await house.ask('PUT', '/outgoing/destinations/LV');
  await house.ask('PUT', '/outgoing/destinations/+49900');
}

/** An account with a number of ours, of which somebody has changed a setting since. */
export async function furnishTwilio(house: PanelHouse, twilio: TwilioEmulator): Promise<void> {
  const { accountSid, authToken } = twilio;
  await house.ask('POST', '/system/setup/twilio/provision', {
    ...{ accountSid, authToken, inbound: 'off', outbound: 'trunk', publicUrl: 'https://gosip.example.org' },
    numbers: [...twilio.state.numbers.values()].map((number) => number['phone_number'] as string),
  });
  const cellar = await house.ask<Made>('POST', '/devices', { name: 'Cellar', type: 'grandstream' });
  await (await house.phone(cellar, { incomingCallAction: 'busy' })).register();
  await house.ask('POST', `/devices/${cellar.id}/test-call`);
  const garden = await house.phone(await house.ask<Made>('POST', '/devices', { name: 'Garden shed' }));
  await garden.register();
  await garden.call('+882161234567').reached('ended', 30);
  await garden.call('+49900123456').reached('ended', 30);
  for (const number of twilio.state.numbers.values()) number['sms_url'] = 'https://elsewhere.example.org/sms';
  twilio.state.alert(11205, 'Connection refused', { url: 'https://gosip.example.org/api/webhooks/voice/inbound' });
  await house.ask('POST', '/system/setup/twilio/self-test');
}
