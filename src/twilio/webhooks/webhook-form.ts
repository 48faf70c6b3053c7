/** The parameters of one webhook. New ones appear without notice, any may be missing, and one may come twice. */
export class WebhookForm {
  readonly #values = new Map<string, string[]>();

  constructor(pairs: Iterable<readonly [name: string, value: string]>) {
    for (const [name, value] of pairs) {
      const known = this.#values.get(name);
      if (known === undefined) this.#values.set(name, [value]);
      else known.push(value);
    }
  }

  /** Empty where it is missing; the first of several. */
  text(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  /** Undefined where it is missing or empty. */
  optional(name: string): string | undefined {
    const value = this.text(name);
    return value === '' ? undefined : value;
  }

  /** A whole number that is not negative; undefined where it is none. */
  count(name: string): number | undefined {
    const value = this.text(name).trim();
    return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  }

  /** An RFC 2822 or ISO 8601 date in milliseconds; undefined where it is none. */
  time(name: string): number | undefined {
    const value = Date.parse(this.text(name));
    return Number.isNaN(value) ? undefined : value;
  }

  /** A sid with one of these prefixes; undefined where it is none. */
  sid(name: string, ...prefixes: readonly string[]): string | undefined {
    const value = this.text(name);
    return /^[A-Z]{2}[0-9a-f]{32}$/i.test(value) && prefixes.includes(value.slice(0, 2)) ? value : undefined;
  }

  /** As signature validation expects them: without a prototype, because the names are untrusted; duplicates as arrays. */
  forSignature(): Record<string, string | string[]> {
    const params = Object.create(null) as Record<string, string | string[]>;
    for (const [name, values] of this.#values) params[name] = values.length === 1 ? (values[0] ?? '') : values;
    return params;
  }

  get pairs(): readonly (readonly [name: string, values: readonly string[]])[] {
    return [...this.#values];
  }
}
