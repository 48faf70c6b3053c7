/** Do not disturb of the house, a person or a phone. */
export type Dnd = {
  readonly isOn: boolean;
  /** When it ends by itself, in milliseconds since the Unix epoch; undefined: when it is switched off. */
  readonly until: number | undefined;
};

export const dndOff: Dnd = { isOn: false, until: undefined };

export function isDndActive(dnd: Dnd | undefined, now: number): dnd is Dnd {
  return dnd !== undefined && dnd.isOn && (dnd.until === undefined || now < dnd.until);
}
