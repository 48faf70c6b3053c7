import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { houseLanguages } from '#contract/languages.ts';
import { parseOptions } from '#options/options.ts';
import { optionSchema } from '#options/schema.ts';
import {
  appManifest,
  appRepository,
  appTranslation,
  missingOptions,
  securityRating,
} from '#testing/home-assistant/app-manifest.ts';
import type { OptionType, OptionTypes } from '#testing/home-assistant/app-manifest.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const given = parse(read('config.yaml')) as unknown;
const manifest = appManifest.parse(given);
const types: OptionTypes = manifest.schema ?? {};
const packageVersion = z.object({ version: z.string() }).parse(JSON.parse(read('package.json'))).version;
const translations = houseLanguages.map((language) => ({
  language,
  translation: appTranslation.parse(parse(read(`translations/${language}.yaml`))),
}));

/** The names of all options with those inside, such as `trunks.host`. */
function pathsOf(named: Readonly<Record<string, unknown>>, inside: (one: unknown) => unknown): string[] {
  return Object.entries(named).flatMap(([name, one]) => {
    const nested = inside(one);
    if (typeof nested !== 'object' || nested === null) return [name];
    return [name, ...pathsOf(nested as Record<string, unknown>, inside).map((path) => `${name}.${path}`)];
  });
}

const typePaths = pathsOf(types, (type) => (Array.isArray(type) ? type[0] : type));

describe('config.yaml', () => {
  it('is taken by Supervisor and by the linter, and repeats no default', () => {
    expect(appManifest.safeParse(given).error).toBeUndefined();
  });

  it('is refused where a key is unknown, repeats a default or breaks a rule', () => {
    const messageOf = (change: object) => appManifest.safeParse({ ...(given as object), ...change }).error?.issues[0]?.message;
    expect(messageOf({ advanced: false })).toContain('Unrecognized key');
    expect(messageOf({ boot: 'auto' })).toContain('auto is the default');
    expect(messageOf({ watchdog: 'http://[HOST]:8080' })).toContain('Unrecognized key');
    expect(messageOf({ host_network: undefined })).toBe('0 needs host_network');
    expect(messageOf({ ports: { '62001/tcp': 62_001 } })).toContain('ingress port that Supervisor chooses');
    expect(messageOf({ schema: { a: 'string' } })).toBeDefined();
    expect(messageOf({ map: ['config:rw'] })).toBeDefined();
  });

  it('gives the app the security rating 7', () => {
    expect(securityRating(manifest, existsSync(join(root, 'apparmor.txt')))).toBe(7);
    expect(securityRating({ ...manifest, privileged: ['NET_ADMIN'] }, true)).toBe(6);
    expect(securityRating({ ...manifest, full_access: true }, true)).toBe(1);
  });

  it('has the version of the package, which is the tag of the image', () => {
    expect(manifest.version).toBe(packageVersion);
  });

  it('lets everybody in the house see the panel', () => {
    expect(manifest).toMatchObject({ ingress: true, panel_admin: false });
  });

  it('shows the ports that phones are told', () => {
    const listen = optionSchema.parse({}).sip_listen.map((one) => one.split(':'));
    const ports = Object.fromEntries(listen.map(([protocol, , port]) => [`${port}/${protocol}`, Number(port)]));
    expect(manifest.ports).toEqual(ports);
  });
});

/** What the user of the app does not find in the form, because Supervisor knows it or hardly any house needs it. */
const notInTheForm = [
  'data_directory',
  'home_assistant_token',
  'home_assistant_url',
  'http_host',
  'http_public_url',
  'http_trusted_proxies',
  'mqtt_base_topic',
  'mqtt_discovery_prefix',
  'outgoing_call_minutes',
  'outgoing_calls',
  'outgoing_calls_per_phone',
  'outgoing_minutes_a_day',
  'outgoing_minutes_a_day_per_phone',
  'media',
  'media_interface',
  'public_http_host',
  'ring_seconds',
  'sip_edge_proxies',
  'sip_engine',
  'sip_engine_host',
  'sip_engine_port',
  'sip_engine_secret',
  'sip_hosts',
  'sip_listen',
  'sip_realm',
  'sip_tls_ca',
  'sip_tls_cert',
  'sip_tls_key',
  'spam_threshold',
  'time_zone',
  'twilio_api_base',
  'web_origins',
];

/** The schema behind defaults, options and transforms. */
function innermost(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return innermost(schema.unwrap() as z.ZodType);
  return schema;
}

function problemOf(path: string, type: OptionType, schema: z.ZodType | undefined): string[] {
  if (schema === undefined) return [`${path} is no option of GoSIP`];
  const inner = innermost(schema);
  if (Array.isArray(type)) {
    return inner instanceof z.ZodArray
      ? problemOf(path, type[0] as OptionType, inner.element as z.ZodType)
      : [`${path} is no list`];
  }
  if (typeof type !== 'string') {
    if (!(inner instanceof z.ZodObject)) return [`${path} has nothing inside`];
    const shape = inner.shape as Record<string, z.ZodType>;
    const missing = Object.keys(shape).filter((name) => !(name in type));
    const wrong = Object.entries(type as OptionTypes).flatMap(([name, one]) => problemOf(`${path}.${name}`, one, shape[name]));
    return [...missing.map((name) => `${path}.${name} is not in the form`), ...wrong];
  }
  if (!(inner instanceof z.ZodEnum)) return type.startsWith('list') ? [`${path} is no choice`] : [];
  const words = /^list\((.*)\)\??$/.exec(type)?.[1]?.split('|');
  return JSON.stringify(words) === JSON.stringify(inner.options) ? [] : [`${path} has other words: ${inner.options.join('|')}`];
}

describe('the options of the app', () => {
  it('are options of GoSIP, with the same words', () => {
    const shape: Record<string, z.ZodType> = optionSchema.shape;
    expect(Object.entries(types).flatMap(([name, type]) => problemOf(name, type, shape[name]))).toEqual([]);
  });

  it('are all that GoSIP has, but for those that the form leaves out', () => {
    expect(
      Object.keys(optionSchema.shape)
        .filter((name) => !(name in types))
        .toSorted(),
    ).toEqual(notInTheForm.toSorted());
  });

  it('let the app start when nobody has touched them', () => {
    expect(missingOptions(types, manifest.options ?? {})).toEqual([]);
    expect(parseOptions(manifest.options)).toEqual({ kind: 'options', options: expect.anything() });
  });

  it('would not let it start where one that must be there has no default', () => {
    expect(missingOptions(types, {})).toEqual(['log_level']);
  });

  it('have the defaults of GoSIP', () => {
    expect(optionSchema.partial().parse({})).toMatchObject(manifest.options ?? {});
  });
});

type Labelled = { readonly name: string; readonly description?: string; readonly fields?: Readonly<Record<string, Labelled>> };

describe.each(translations)('the form in $language', ({ language, translation }) => {
  const labels = (translation.configuration ?? {}) as Record<string, Labelled>;

  it('names every option and no other', () => {
    expect(pathsOf(labels, (one) => (one as Labelled).fields)).toEqual(typePaths);
  });

  it('names every port', () => {
    expect(Object.keys(translation.network ?? {})).toEqual(Object.keys(manifest.ports ?? {}));
  });

  it('says app, and not add-on', () => {
    expect(read(`translations/${language}.yaml`)).not.toMatch(/add-?on\b/i);
  });

  // A language that is English would be the same everywhere: it is what the others are compared with.
  it('is not English where it is another language', () => {
    const english = translations.find((one) => one.language === 'en')?.translation.configuration as Record<string, Labelled>;
    const same = Object.entries(labels).filter(
      ([name, { description }]) => description !== undefined && description === english[name]?.description,
    );
    const expected = language === 'en' ? Object.keys(labels).filter((name) => labels[name]?.description !== undefined) : [];
    expect(same.map(([name]) => name)).toEqual(expected);
  });
});

describe('the repository', () => {
  // What Git ignores is not in the store.
  const ignored = new Set(['.git', 'data', 'node_modules', 'tmp']);
  const files = readdirSync(root)
    .filter((name) => !ignored.has(name))
    .flatMap((name) => {
      const isFolder = statSync(join(root, name)).isDirectory();
      return isFolder
        ? readdirSync(join(root, name), { recursive: true, encoding: 'utf8' }).map((path) => `${name}/${path}`)
        : [name];
    });

  it('introduces itself to the store', () => {
    expect(appRepository.safeParse(parse(read('repository.yaml'))).error).toBeUndefined();
  });

  it('holds no other file that the store would take for an app', () => {
    const isScanned = (path: string) =>
      /(^|\/)config\.(ya?ml|json)$/.test(path) && !path.split('/').some((part) => part.startsWith('.') || part === 'rootfs');
    expect(files.filter(isScanned)).toEqual(['config.yaml']);
    expect(files.filter((path) => /(^|\/)build\.(ya?ml|json)$/.test(path))).toEqual([]);
  });

  it('has translations for Supervisor in the languages of the house alone', () => {
    expect(files.filter((path) => path.startsWith('translations/')).toSorted()).toEqual(
      houseLanguages.map((language) => `translations/${language}.yaml`).toSorted(),
    );
  });
});

describe('the files beside config.yaml', () => {
  it.each([
    ['icon.png', 128, 128],
    ['logo.png', 250, 100],
  ])('%s has the size of the store', (name, width, height) => {
    const header = readFileSync(join(root, name)).subarray(0, 24);
    expect([header.subarray(1, 4).toString(), header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual(['PNG', width, height]);
  });

  it('hold one AppArmor profile, which Supervisor renames by its first word in a line', () => {
    const lines = read('apparmor.txt').split('\n');
    expect(lines.filter((line) => line.startsWith('profile '))).toEqual([expect.stringMatching(/^profile gosip .*\{$/)]);
  });

  it('can be executed where the container executes them', () => {
    const folder = join(root, 'addon/rootfs/usr/local/bin');
    const scripts = readdirSync(folder).filter((name) => !name.endsWith('.mjs'));
    expect(scripts).toContain('gosip');
    for (const name of scripts) expect(statSync(join(folder, name)).mode & 0o111, name).toBe(0o111);
  });

  it('describe one image: its name, its version and whence it comes', () => {
    const dockerfile = read('Dockerfile');
    for (const label of ['type="app"', 'arch="${BUILD_ARCH}"', 'version="${BUILD_VERSION}"']) {
      expect(dockerfile).toContain(`io.hass.${label}`);
    }
    expect(manifest.image).toBe(manifest.url?.replace('https://github.com', 'ghcr.io'));
    expect(dockerfile).toContain(`org.opencontainers.image.source="${manifest.url}"`);
    expect(appRepository.parse(parse(read('repository.yaml'))).url).toBe(manifest.url);
  });

  it('run the same image without Supervisor, with options that GoSIP has', () => {
    const { services } = parse(read('docker-compose.yml')) as { readonly services: { readonly gosip: Record<string, unknown> } };
    expect(services.gosip).toMatchObject({
      ...{ image: manifest.image, init: true, network_mode: 'host', volumes: ['gosip:/data'] },
      stop_grace_period: `${manifest.timeout}s`,
    });
    const named = [...read('docker-compose.yml').matchAll(/GOSIP_([A-Z_]+):/g)].map(([, name]) => name?.toLowerCase());
    expect(named.filter((name) => !(name !== undefined && name in optionSchema.shape))).toEqual([]);
  });
});

describe('DOCS.md', () => {
  const page = read('DOCS.md');

  it('calls the form by its own words', () => {
    const english = translations.find(({ language }) => language === 'en')?.translation.configuration as Record<string, Labelled>;
    const names = Object.values(english).map(({ name }) => name);
    const bold = ['Country', 'Public address', 'Public IP address', 'STUN server', 'Port of the panel and the API'];
    for (const name of bold) expect(page).toContain(`**${name}**`);
    expect(bold.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('says app, and add-on once for those who know it by that name', () => {
    expect(page.match(/add-on/g)).toHaveLength(1);
  });

  it('leads to files that are there', () => {
    const named = [...decodeURIComponent(page).matchAll(/\/gosip\/gosip\/(?:blob|tree)\/main\/([\w./-]+\w)/g)].map(
      ([, path]) => path ?? '',
    );
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('the workflows', () => {
  type Step = { readonly uses?: string; readonly run?: string };
  type Job = { readonly needs?: string | readonly string[]; readonly steps?: readonly Step[]; readonly uses?: string };
  const jobsOf = (name: string) =>
    (parse(read(`.github/workflows/${name}.yaml`)) as { readonly jobs: Readonly<Record<string, Job>> }).jobs;
  const release = jobsOf('release');

  it('pin every action of others to a commit', () => {
    const used = [release, jobsOf('test'), jobsOf('nightly')].flatMap((jobs) =>
      Object.values(jobs).flatMap((job) => [job.uses, ...(job.steps ?? []).map((step) => step.uses)]),
    );
    const foreign = used.filter((one) => one !== undefined && !one.startsWith('./'));
    expect(foreign.length).toBeGreaterThan(3);
    expect(foreign.filter((one) => !/@[0-9a-f]{40}$/.test(one ?? ''))).toEqual([]);
  });

  it('publish only what was tested, and only under a tag that is the version', () => {
    const needs = (name: string) => [release[name]?.needs ?? []].flat();
    const compares = release['version']?.steps?.some(({ run }) => run?.startsWith('script/check-release "$GITHUB_REF_NAME"'));
    expect(compares).toBe(true);
    expect(release['test']).toEqual({ needs: 'version', uses: './.github/workflows/test.yaml' });
    expect(needs('build')).toEqual(['version', 'test']);
    expect(needs('manifest')).toContain('build');
  });
});
