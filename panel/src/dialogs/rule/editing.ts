/** A part of a rule while it is written. `wrong`: what is wrong with a field of the rule, such as `conditions.times.0.from`. */
export type Editing<Value> = {
  readonly value: Value;
  readonly change: (value: Value) => void;
  readonly wrong: (field: string) => string;
};

/** One of a list, as if it were alone; `undefined` takes it out. */
export function editOne<Item>(
  { value, change, wrong }: Editing<readonly Item[]>,
  index: number,
): Editing<Item> & { readonly remove: () => void } {
  return {
    value: value[index] as Item,
    change: (item) => change(value.with(index, item)),
    remove: () => change(value.toSpliced(index, 1)),
    wrong,
  };
}

/** What is left empty is not there. */
export function orNothing(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** What is no number is sent as it is, and refused at its field. */
export function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** As it is shown in a field. */
export function numberText(value: number | null): string {
  return value === null || Number.isNaN(value) ? '' : String(value);
}
