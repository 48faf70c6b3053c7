import { z } from 'zod';

/**
 * What a phone does wrong when it registers. `wrong-name`: it signs in by another name than its user name. `wrong-realm`: its password is
 * made for another server. `wrong-account`: its password is right, and it wants to be somebody else. `slowed-down`: too many wrong passwords
 * from its address, for a minute. `weak-algorithm`: it is set to SHA-256 and answers with MD5. `refused`: anything else, see the SIP status.
 */
export const deviceFaultKinds = [
  'wrong-password',
  'wrong-name',
  'wrong-realm',
  'wrong-account',
  'wrong-transport',
  'switched-off',
  'slowed-down',
  'weak-algorithm',
  'interval-too-brief',
  'refused',
] as const;

export const deviceFaultKind = z.enum(deviceFaultKinds).meta({ id: 'DeviceFaultKind' });
export type DeviceFaultKind = (typeof deviceFaultKinds)[number];
