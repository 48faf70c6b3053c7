import type { deviceStates } from '#contract/devices.ts';
import type { SeenFault } from './device-faults.ts';
import type { Device } from './device.ts';
import type { Registration } from './registration.ts';

export type DeviceState = (typeof deviceStates)[number];

export type DeviceStateFacts = {
  readonly device: Pick<Device, 'enabled'>;
  readonly registrations: readonly Pick<Registration, 'source' | 'registeredAt'>[];
  readonly fault: Pick<SeenFault, 'source' | 'at'> | undefined;
  readonly isSilent: boolean;
};

/** Whether a phone can ring, in one word that is the same wherever the phone is shown. */
export function deviceState({ device, registrations, fault, isSilent }: DeviceStateFacts): DeviceState {
  if (!device.enabled) return 'off';
  if (registrations.length === 0) return 'offline';
  if (isSilent) return 'silent';
  return isRefusedNow(registrations, fault) ? 'refused' : 'online';
}

/** From where it registered before comes a refused REGISTER since: the phone was set up anew, and its registration is of before. */
function isRefusedNow(registrations: DeviceStateFacts['registrations'], fault: DeviceStateFacts['fault']): boolean {
  if (fault === undefined || registrations.some(({ registeredAt }) => registeredAt >= fault.at)) return false;
  return registrations.some(({ source }) => source.address === fault.source.address);
}
