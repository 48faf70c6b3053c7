import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { conflictsOf, expandSentence } from '#testing/home-assistant/sentences.ts';
import { isReleaseAtLeast, parseBlueprint, toInstall } from './blueprint.ts';

const folder = new URL('../../blueprints/', import.meta.url);
const domains = ['automation', 'script'] as const;

type Input = {
  readonly name?: string;
  readonly default?: unknown;
  readonly selector?: unknown;
  readonly input?: Inputs;
  readonly collapsed?: boolean;
};
type Inputs = Readonly<Record<string, Input>>;
type Trigger = { readonly trigger: string; readonly id?: string; readonly command?: readonly string[] };
type Body = {
  readonly blueprint: { readonly domain: string; readonly author: string; readonly input?: Inputs };
  readonly triggers?: readonly Trigger[] | object;
};

const used = new Set<string>();
const inputTag = {
  tag: '!input',
  resolve(name: string) {
    used.add(name);
    return { input: name };
  },
};

const blueprints = domains.flatMap((domain) =>
  readdirSync(new URL(`${domain}/gosip/`, folder)).map((file) => {
    const text = readFileSync(new URL(`${domain}/gosip/${file}`, folder), 'utf8');
    used.clear();
    const body = parse(text, { customTags: [inputTag] }) as Body;
    const inputs = [...used];
    return { id: file.replace(/\.yaml$/, ''), domain, file, text, body, used: inputs };
  }),
);

function inputsOf(inputs: Inputs = {}): readonly (readonly [string, Input])[] {
  return Object.entries(inputs).flatMap(([key, one]) => (one.input === undefined ? [[key, one] as const] : inputsOf(one.input)));
}

it('blueprints are in the image', () => {
  const read = (path: string) => readFileSync(new URL(`../${path}`, folder), 'utf8');
  expect(read('Dockerfile')).toContain('COPY blueprints blueprints');
  expect(read('.dockerignore')).toContain('!blueprints');
});

it('blueprints have ids of their own', () => {
  const ids = blueprints.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it.each(blueprints.filter(({ domain }) => domain === 'script'))(
  'script $id asks anew each time an automation calls it, which has one context for all it does',
  ({ text }) => {
    for (const [line] of text.matchAll(/^ +request_id: .*$/gm))
      expect(line).toContain("context.id }}_{{ now().strftime('%H%M%S%f') }}");
  },
);

describe.each(blueprints)('blueprint $domain/$id', ({ id, domain, file, text, body, used: names }) => {
  it('says who it is, and from which release on it works', () => {
    const one = parseBlueprint({ id, domain, path: `gosip/${file}`, text });
    expect(one.name).toMatch(/^GoSIP - /);
    expect(body.blueprint.domain).toBe(domain);
    expect(one.minVersion).toMatch(/^20\d\d\.\d+\.\d+$/);
    // Home Assistant notes by itself where somebody imported it from.
    expect(text).not.toContain('source_url');
    expect(one.description.length).toBeGreaterThan(60);
    expect(toInstall(one)).toContain(`\n  author: ${one.author}\n`);
  });

  it('needs no trigger that the oldest release it claims does not have', () => {
    const { minVersion } = parseBlueprint({ id, domain, path: `gosip/${file}`, text });
    if (/trigger: (event\.received|doorbell\.rang)/.test(text)) expect(isReleaseAtLeast(minVersion, '2026.11.0')).toBe(true);
    else expect(minVersion).toBe('2026.2.0');
  });

  it('uses every input, and no other; each has a name and a selector', () => {
    const inputs = inputsOf(body.blueprint.input);
    expect(names.toSorted()).toEqual([...new Set(inputs.map(([key]) => key))].toSorted());
    for (const [key, input] of inputs)
      expect({ key, ...input }).toMatchObject({ name: expect.any(String), selector: expect.anything() });
  });

  it('has a default for each input of a folded section', () => {
    for (const section of Object.values(body.blueprint.input ?? {})) {
      if (section.collapsed !== true) continue;
      expect(Object.values(section.input ?? {}).map((one) => one.default)).not.toContain(undefined);
    }
  });
});

describe('spoken sentences', () => {
  const triggers = blueprints.flatMap(({ id, body }) =>
    (Array.isArray(body.triggers) ? (body.triggers as readonly Trigger[]) : [])
      .filter(({ trigger }) => trigger === 'conversation')
      .map(({ id: name = '', command = [] }) => ({ name: `${id} ${name}`, sentences: command })),
  );

  it('are there in five languages', () => {
    expect(new Set(triggers.map(({ name }) => name.split(' ')[1]?.slice(0, 2)))).toEqual(new Set(['en', 'de', 'fr', 'es', 'nl']));
  });

  it('have no punctuation, for Home Assistant refuses the whole automation', () => {
    // As hassil takes them: at the beginning and end of a word.
    const punctuation =
      /^[.。,，?¿？؟!¡！;；:：’…–—]|[.。,，?¿？؟!¡！;；:：’…–—]$|(?<=\W)[.。,，?¿？؟!¡！;；:：’…–—](?=\w)|(?<=\w)[。,，?¿？؟!¡！;；:：’…–—](?=\W)/;
    for (const { name, sentences } of triggers) {
      for (const sentence of sentences)
        expect({ name, sentence, isBad: punctuation.test(sentence) }).toMatchObject({ isBad: false });
    }
  });

  it('have no two wildcards in a row', () => {
    for (const { sentences } of triggers) {
      for (const one of sentences.flatMap(expandSentence)) expect(one).not.toMatch(/\{\w+\}\s*\{\w+\}/);
    }
  });

  it('start one automation once: no sentence of any language is said by two triggers', () => {
    expect(conflictsOf(triggers)).toEqual([]);
  });
});
