// What Supervisor takes as the files of an app (add-on), written from its published validation (supervisor/apps/validate.py, options.py,
// utils.py and store/validate.py of 2026-08-21) and from the rules of the app linter (frenck/action-addon-linter, 2.21). Stricter than
// Supervisor: a key it would drop in silence is refused.
import { z } from 'zod';

const number = String.raw`-?\d*\.?\d+`;
/** The type of one option: `str`, `int(1,5)?`, `list(a|b)`, `match(…)`; `?` where it may be missing. */
export const optionType = z
  .string()
  .regex(
    new RegExp(
      `^(?:bool|email|url|port|device(?:\\(subsystem=[a-z]+\\))?|(?:str|password)(?:\\(\\d*,\\d*\\))?` +
        `|(?:int|float)(?:\\((?:${number})?,(?:${number})?\\))?|match\\(.*\\)|list\\(.+\\))\\??$`,
    ),
  );

/** A list may not directly hold a list. */
export type OptionType = string | readonly [string | OptionTypes] | OptionTypes;
export type OptionTypes = { readonly [name: string]: OptionType };

const optionTypes: z.ZodType<OptionTypes> = z.lazy(() =>
  z.record(z.string(), z.union([optionType, z.tuple([z.union([optionType, optionTypes])]), optionTypes])),
);

const networkPort = z.int().min(1).max(65_535);
const portKey = z.string().regex(/^\d+(\/(tcp|udp))?$/);
const version = z.string().regex(/^\d+\.\d+\.\d+$/);
const imageName = z.string().regex(/^([a-z0-9.-]+\.[a-z]+(:\d+)?\/)?[a-z0-9{][a-z0-9.\-_{}]*(\/[a-z0-9{][a-z0-9.\-_{}]*)*$/);
const capabilities = [
  'BPF CHECKPOINT_RESTORE DAC_READ_SEARCH IPC_LOCK NET_ADMIN NET_RAW PERFMON SYS_ADMIN SYS_MODULE SYS_NICE SYS_PTRACE SYS_RAWIO',
  'SYS_RESOURCE SYS_TIME',
].flatMap((line) => line.split(' '));

/** What a key has where it is not given: the linter refuses a key that says so again. */
export const manifestDefaults: Readonly<Record<string, string | number | boolean>> = {
  ...{ startup: 'application', boot: 'auto', stage: 'stable', backup: 'hot', hassio_role: 'default', panel_icon: 'mdi:puzzle' },
  ...{ init: true, panel_admin: true, apparmor: true, timeout: 10, ingress_port: 8099 },
  ...Object.fromEntries(
    [
      'ingress ingress_stream host_network host_pid host_ipc host_uts host_dbus udev tmpfs full_access audio video gpio usb uart',
      'devicetree kernel_modules realtime hassio_api homeassistant_api stdin legacy docker_api auth_api journald advanced',
    ].flatMap((line) => line.split(' ').map((key) => [key, false])),
  ),
};

/** config.yaml. */
export const appManifest = z
  .strictObject({
    name: z.string().min(1),
    version,
    slug: z.string().regex(/^[-_.A-Za-z0-9]+$/),
    description: z.string().min(1),
    // The three older ones are over since 2025.12.
    arch: z.array(z.enum(['aarch64', 'amd64'])).min(1),
    url: z.url().optional(),
    image: imageName.optional(),
    startup: z.enum(['initialize', 'system', 'services', 'application', 'once']).optional(),
    boot: z.enum(['auto', 'manual', 'manual_only']).optional(),
    stage: z.enum(['stable', 'experimental', 'deprecated']).optional(),
    init: z.boolean().optional(),
    timeout: z.int().min(10).max(300).optional(),
    homeassistant: version.optional(),
    ports: z.record(portKey, networkPort.nullable()).optional(),
    ports_description: z.record(portKey, z.string()).optional(),
    host_network: z.boolean().optional(),
    host_pid: z.boolean().optional(),
    host_ipc: z.boolean().optional(),
    host_uts: z.boolean().optional(),
    host_dbus: z.boolean().optional(),
    ingress: z.boolean().optional(),
    ingress_port: networkPort.or(z.literal(0)).optional(),
    ingress_entry: z.string().optional(),
    ingress_stream: z.boolean().optional(),
    panel_icon: z.string().optional(),
    panel_title: z.string().optional(),
    panel_admin: z.boolean().optional(),
    hassio_api: z.boolean().optional(),
    hassio_role: z.enum(['default', 'homeassistant', 'backup', 'manager', 'admin']).optional(),
    homeassistant_api: z.boolean().optional(),
    auth_api: z.boolean().optional(),
    docker_api: z.boolean().optional(),
    services: z.array(z.string().regex(/^(mqtt|mysql):(provide|want|need)$/)).optional(),
    discovery: z.array(z.string()).optional(),
    // As words: an older Supervisor refuses the whole file for a mapping it does not know.
    map: z.array(z.string().regex(/^(addon_config|homeassistant_config|ssl|backup|share|media)(:(rw|ro))?$/)).optional(),
    environment: z.record(z.string().regex(/^\w*$/), z.string()).optional(),
    privileged: z.array(z.enum(capabilities)).optional(),
    apparmor: z.boolean().optional(),
    full_access: z.boolean().optional(),
    kernel_modules: z.boolean().optional(),
    realtime: z.boolean().optional(),
    tmpfs: z.boolean().optional(),
    ulimits: z.record(z.string(), z.int().or(z.strictObject({ soft: z.int(), hard: z.int() }))).optional(),
    stdin: z.boolean().optional(),
    journald: z.boolean().optional(),
    backup: z.enum(['hot', 'cold']).optional(),
    backup_pre: z.string().optional(),
    backup_post: z.string().optional(),
    backup_exclude: z.array(z.string()).optional(),
    breaking_versions: z.array(version).optional(),
    options: z.record(z.string(), z.unknown()).optional(),
    schema: optionTypes.optional(),
  })
  .superRefine((manifest, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    for (const [key, value] of Object.entries(manifestDefaults)) {
      if (manifest[key as keyof typeof manifest] === value) refuse(key, `should be removed: ${value} is the default`);
    }
    if (manifest.ingress_port === 0 && manifest.host_network !== true) refuse('ingress_port', '0 needs host_network');
    const isReserved = (key: string) => Number.parseInt(key, 10) >= 62_000 && Number.parseInt(key, 10) <= 65_500;
    if (manifest.ingress_port === 0 && Object.keys(manifest.ports ?? {}).some(isReserved))
      refuse('ports', '62000 to 65500 are for the ingress port that Supervisor chooses');
    if (manifest.backup === 'cold' && (manifest.backup_pre ?? manifest.backup_post) !== undefined)
      refuse('backup', 'cold runs no command');
  });

export type AppManifest = z.output<typeof appManifest>;

const labelled: z.ZodType = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1),
    description: z.string().min(1).optional(),
    fields: z.record(z.string(), labelled).optional(),
  }),
);

/** translations/<language>.yaml. */
export const appTranslation = z.strictObject({
  configuration: z.record(z.string(), labelled).optional(),
  network: z.record(portKey, z.string().min(1)).optional(),
});

/** repository.yaml. */
export const appRepository = z.strictObject({
  name: z.string().min(1),
  url: z.url().optional(),
  maintainer: z.string().min(1).optional(),
});

const riskyCapabilities = new Set(capabilities.filter((one) => !/^(IPC_LOCK|SYS_NICE|SYS_RESOURCE|SYS_TIME)$/.test(one)));

/** 1 to 8, as Supervisor shows it. `hasProfile`: an apparmor.txt lies beside config.yaml. */
export function securityRating(manifest: AppManifest, hasProfile: boolean): number {
  if (manifest.docker_api === true || manifest.full_access === true) return 1;
  const parts = [
    manifest.apparmor === false ? -1 : hasProfile ? 1 : 0,
    manifest.ingress === true ? 2 : manifest.auth_api === true ? 1 : 0,
    (manifest.privileged ?? []).some((one) => riskyCapabilities.has(one)) || manifest.kernel_modules === true ? -1 : 0,
    manifest.hassio_role === 'admin' ? -2 : manifest.hassio_role === 'manager' ? -1 : 0,
    manifest.host_network === true ? -1 : 0,
    manifest.host_pid === true ? -2 : 0,
    manifest.host_uts === true && (manifest.privileged ?? []).includes('SYS_ADMIN') ? -1 : 0,
  ];
  return Math.max(1, Math.min(8, 5 + parts.reduce((sum, one) => sum + one, 0)));
}

/** The options without which Supervisor does not start the app, by their path: only a scalar, or a list of one, can be left out. */
export function missingOptions(types: OptionTypes, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(types).flatMap(([name, type]) => {
    const value = values[name];
    const inner = Array.isArray(type) ? (type[0] as string | OptionTypes) : (type as string | OptionTypes);
    if (value === undefined) return typeof inner === 'string' && inner.endsWith('?') ? [] : [name];
    if (typeof inner === 'string') return [];
    const nested = (Array.isArray(value) ? value : [value]) as readonly Readonly<Record<string, unknown>>[];
    return nested.flatMap((one) => missingOptions(inner, one).map((path) => `${name}.${path}`));
  });
}
