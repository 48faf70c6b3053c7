/** What the fragment of a webhook address changes about its request; it is never sent and never signed. */
export type Overrides = {
  readonly connectMs: number;
  readonly readMs: number;
  readonly totalMs: number;
  readonly retries: number;
  readonly retryOn: ReadonlySet<'4xx' | '5xx' | 'ct' | 'rt'>;
  /** The fragment says something it may not (11243). */
  readonly isWrong: boolean;
};

type Limits = { readonly connectMs: number; readonly readMs: number; readonly totalMs: number };

export function readOverrides(url: string, usual: Limits): Overrides {
  const at = url.indexOf('#');
  const given = new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
  let isWrong = false;
  const number = (name: string, least: number, most: number): number | undefined => {
    const text = given.get(name);
    if (text === null) return undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    isWrong = true;
    return undefined;
  };
  const connectMs = number('ct', 100, 10_000) ?? usual.connectMs;
  const readMs = number('rt', 100, 15_000) ?? usual.readMs;
  const totalMs = number('tt', 100, 15_000) ?? usual.totalMs;
  const retries = number('rc', 0, 5) ?? 1;
  const policies = (given.get('rp') ?? 'ct').split(',');
  if (!policies.every((policy) => ['4xx', '5xx', 'ct', 'rt', 'all'].includes(policy))) isWrong = true;
  const all = ['4xx', '5xx', 'ct', 'rt'] as const;
  const retryOn = new Set(all.filter((policy) => policies.includes('all') || policies.includes(policy)));
  return { connectMs, readMs, totalMs, retries, retryOn, isWrong };
}

/** The address another one names: relative ones are resolved as in HTML, fragments kept. */
export function resolveUrl(base: string | undefined, reference: string): string | undefined {
  try {
    return base === undefined ? new URL(reference).href : new URL(reference, base).href;
  } catch {
    return undefined;
  }
}

/** Whether a host is one that Twilio cannot or will not reach. */
export function isPrivateHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.local') || name.endsWith('.lan') || name.endsWith('.internal')) return true;
  if (!name.includes('.') && !name.includes(':')) return true;
  if (/^(?:0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(name)) return /^[\d.]+$/.test(name);
  return /^(?:::1?$|fe80:|f[cd])/.test(name);
}
