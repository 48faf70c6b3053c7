/** Only the fields that a request gives: those that are undefined stay as they are. Null is given. */
export function givenFields<Fields extends object>(fields: {
  readonly [Name in keyof Fields]?: Fields[Name] | undefined;
}): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}
