// Puts our blueprints into Home Assistant, and says which of them it has.
// Called by the blueprint routes.
// Must stay true: what somebody changed there by hand is replaced only where they asked for that.
import { readFile, readdir } from 'node:fs/promises';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { BlueprintReply } from '#contract/blueprints.ts';
import { isReleaseAtLeast, parseBlueprint, toInstall } from './blueprint.ts';
import type { Blueprint } from './blueprint.ts';
import { CoreError } from './core-connection.ts';
import type { CoreConnection } from './core-connection.ts';

export type BlueprintLibraryDeps = {
  /** `undefined`: this house knows no Home Assistant. */
  readonly core: Pick<CoreConnection, 'command'> | undefined;
  /** Holds `automation/gosip` and `script/gosip`. */
  readonly folder: URL;
};

const domains = ['automation', 'script'] as const;

/** What Home Assistant says of the blueprints of one domain, by path. */
type Installed = Readonly<Record<string, { readonly metadata?: { readonly author?: string } }>>;

type Core = { readonly version: string; readonly installed: Readonly<Record<BlueprintReply['domain'], Installed>> };

export class BlueprintLibrary {
  readonly #deps: BlueprintLibraryDeps;
  #blueprints: readonly Blueprint[] | undefined;

  constructor(deps: BlueprintLibraryDeps) {
    this.#deps = deps;
  }

  /** Works without Home Assistant too, and says then why nothing is known of it. */
  async list() {
    const [blueprints, core] = await Promise.all([this.#read(), this.#ask().catch(toProblem)]);
    return {
      blueprints: blueprints.map((one) => toReply(one, core instanceof CoreError ? undefined : core)),
      homeAssistant:
        core instanceof CoreError ? { version: null, problem: core.message } : { version: core.version, problem: null },
    };
  }

  /** Rejects with `not-found`, `conflict` where it is there already or Home Assistant is too old, or a CoreError. */
  async install(id: string, { replace }: { readonly replace: boolean }): Promise<BlueprintReply> {
    const blueprint = await this.#one(id);
    const core = await this.#ask();
    assertTakes(core, blueprint);
    if (toReply(blueprint, core).state !== 'current' || replace) await this.#save(blueprint, replace);
    return toReply(blueprint, await this.#ask());
  }

  /** As Home Assistant imports it by link. Rejects with `not-found`. */
  async text(id: string): Promise<string> {
    return toInstall(await this.#one(id));
  }

  async #one(id: string): Promise<Blueprint> {
    const found = (await this.#read()).find((one) => one.id === id);
    if (found === undefined) throw new AppError('not-found', `There is no blueprint ${id}`);
    return found;
  }

  async #save(blueprint: Blueprint, replace: boolean): Promise<void> {
    const { domain, path } = blueprint;
    try {
      await this.#core().command({ type: 'blueprint/save', domain, path, yaml: toInstall(blueprint), allow_override: replace });
    } catch (error) {
      // Where Home Assistant is still starting it keeps the file and reports that it could not load its automations anew.
      if (await this.#isCurrent(blueprint)) return;
      if (!(error instanceof CoreError) || error.reason !== 'already_exists') throw error;
      throw new AppError(
        'conflict',
        `Home Assistant has another version of ${blueprint.name}, or somebody changed it there; ask to replace it`,
        { cause: error, ...because('blueprint-other') },
      );
    }
  }

  async #isCurrent(blueprint: Blueprint): Promise<boolean> {
    const core = await this.#ask().catch(toProblem);
    return !(core instanceof CoreError) && toReply(blueprint, core).state === 'current';
  }

  async #ask(): Promise<Core> {
    const core = this.#core();
    const [{ version }, automation, script] = await Promise.all([
      core.command<{ readonly version: string }>({ type: 'get_config' }),
      ...domains.map((domain) => core.command<Installed>({ type: 'blueprint/list', domain })),
    ]);
    return { version, installed: { automation: automation ?? {}, script: script ?? {} } };
  }

  #core(): Pick<CoreConnection, 'command'> {
    if (this.#deps.core !== undefined) return this.#deps.core;
    throw new CoreError(
      'unavailable',
      'GoSIP does not know your Home Assistant: set home_assistant_url and home_assistant_token, or import the blueprint there by its link',
      because('no-home-assistant'),
    );
  }

  async #read(): Promise<readonly Blueprint[]> {
    this.#blueprints ??= (await Promise.all(domains.map((domain) => readDomain(this.#deps.folder, domain)))).flat();
    return this.#blueprints;
  }
}

async function readDomain(folder: URL, domain: (typeof domains)[number]): Promise<readonly Blueprint[]> {
  const within = new URL(`${domain}/gosip/`, folder);
  const names = (await readdir(within)).filter((name) => name.endsWith('.yaml')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, within), 'utf8');
      return parseBlueprint({ id: name.slice(0, -'.yaml'.length), domain, path: `gosip/${name}`, text });
    }),
  );
}

function toProblem(error: unknown): CoreError {
  if (error instanceof CoreError) return error;
  throw error;
}

function assertTakes({ version }: Core, { name, minVersion }: Blueprint): void {
  if (isReleaseAtLeast(version, minVersion)) return;
  throw new AppError(
    'conflict',
    `${name} needs Home Assistant ${minVersion} and yours is ${version}: update Home Assistant first`,
    because('release-too-old', { needed: minVersion, version }),
  );
}

function toReply(blueprint: Blueprint, core: Core | undefined): BlueprintReply {
  const { id, domain, name, description, minVersion, path } = blueprint;
  const there = core?.installed[domain][path];
  const found = there === undefined ? 'absent' : there.metadata?.author === blueprint.author ? 'current' : 'other';
  return {
    ...{ id, domain, name, description, minVersion, path, importPath: `/api/blueprints/${id}.yaml` },
    state: core === undefined ? 'unknown' : found,
    supported: core === undefined ? null : isReleaseAtLeast(core.version, minVersion),
  };
}
