const secretName = /password|secret|token|authorization/i;
/** The value beside it is a secret, its name is not. */
const notSecret = /Name$/;

/** The options as a person may see them: whatever bears the name of a secret is only said to be set. Order and shape stay. */
export function shownOptions(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => shownOptions(one, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, shownOptions(inner, secretName.test(name) ? `${name}.${key}` : key)]),
    );
  }
  return secretName.test(name) && !notSecret.test(name) && value !== undefined ? '[set]' : value;
}
