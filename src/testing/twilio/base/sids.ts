export type SidPrefix =
  | 'AC'
  | 'AD'
  | 'AL'
  | 'BU'
  | 'CA'
  | 'CF'
  | 'CL'
  | 'CR'
  | 'FN'
  | 'FW'
  | 'GA'
  | 'GT'
  | 'IP'
  | 'ME'
  | 'MG'
  | 'MM'
  | 'NO'
  | 'OU'
  | 'PA'
  | 'PN'
  | 'RE'
  | 'RQ'
  | 'SD'
  | 'SK'
  | 'SM'
  | 'TK'
  | 'TR'
  | 'UT'
  | 'XR';

/** Whole numbers from 0 to below `below`. */
export type Random = (below: number) => number;

/** A prefix and 32 lower-case hex digits. */
export function newSid(prefix: SidPrefix, random: Random): string {
  return prefix + hex(32, random);
}

export function hex(digits: number, random: Random): string {
  let text = '';
  for (let index = 0; index < digits; index += 1) text += random(16).toString(16);
  return text;
}
