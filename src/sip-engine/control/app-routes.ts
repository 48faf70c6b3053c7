import type { AppConnection, AppRouter, CdrRecord } from './app-link.ts';

/** A connected application and what routing needs to know about it. */
export type RoutedApp = AppConnection & {
  readonly tags: readonly string[];
  sendCdr(record: CdrRecord): void;
};

const maxVerbsPerApp = 256;

type Rotation = { apps: RoutedApp[]; next: number };

/** Which application gets a new request: round robin for each verb over those that registered it. */
export class AppRoutes implements AppRouter {
  readonly #rotations = new Map<string, Rotation>();
  readonly #verbs = new Map<RoutedApp, Set<string>>();
  readonly #areCdrsOn: boolean;
  #onVerb: ((verb: string) => void) | undefined;

  constructor(options: { readonly cdrs: boolean }) {
    this.#areCdrsOn = options.cdrs;
  }

  /** Registrations are a set: drachtio-srf repeats all of them whenever one is added. Returns false beyond 256 verbs of one application. */
  add(app: RoutedApp, verb: string): boolean {
    const verbs = this.#verbs.get(app) ?? new Set();
    if (verbs.has(verb)) return true;
    if (verbs.size >= maxVerbsPerApp) return false;
    this.#verbs.set(app, verbs.add(verb));
    const rotation = this.#rotations.get(verb);
    if (rotation === undefined) this.#rotations.set(verb, { apps: [app], next: 0 });
    else rotation.apps.push(app);
    this.#onVerb?.(verb);
    return true;
  }

  watch(onVerb: (verb: string) => void): void {
    this.#onVerb = onVerb;
  }

  remove(app: RoutedApp, verb: string): void {
    if (this.#verbs.get(app)?.delete(verb) !== true) return;
    const rotation = this.#rotations.get(verb);
    if (rotation === undefined) return;
    rotation.apps = rotation.apps.filter((other) => other !== app);
    if (rotation.apps.length === 0) this.#rotations.delete(verb);
  }

  removeApp(app: RoutedApp): void {
    for (const verb of [...(this.#verbs.get(app) ?? [])]) this.remove(app, verb);
    this.#verbs.delete(app);
  }

  pick(verb: string, tag?: string): RoutedApp | undefined {
    const rotation = this.#rotations.get(verb);
    if (rotation === undefined) return undefined;
    const apps = tag === undefined ? rotation.apps : rotation.apps.filter((app) => app.tags.includes(tag));
    if (apps.length === 0) return undefined;
    const picked = apps[rotation.next % apps.length];
    rotation.next = (rotation.next + 1) % rotation.apps.length;
    return picked;
  }

  cdr(record: CdrRecord): void {
    if (this.#areCdrsOn) this.pick(`cdr:${record.event}`)?.sendCdr(record);
  }

  get size(): number {
    return this.#verbs.size;
  }
}
