// Owns what a blueprint file says of itself, and the text that Home Assistant gets of it.
// Called by the blueprint library; tests read every file of blueprints/ with it.
// Must stay true: the mark in the text changes when, and only when, the file does.
import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import type { BlueprintReply } from '#contract/blueprints.ts';

export type BlueprintFile = {
  readonly id: string;
  readonly domain: BlueprintReply['domain'];
  readonly path: string;
  readonly text: string;
};

export type Blueprint = BlueprintFile & {
  readonly name: string;
  readonly description: string;
  readonly minVersion: string;
  /** Who made it: what Home Assistant shows of an installed one tells by this whether it is the same file. */
  readonly author: string;
};

/** A reference to an input of the blueprint stays the input's name. */
const inputTag = { tag: '!input', resolve: (name: string) => name };

type Head = {
  readonly name: string;
  readonly description: string;
  readonly homeassistant: { readonly min_version: string };
};

/** Throws where the file is no blueprint. */
export function parseBlueprint(file: BlueprintFile): Blueprint {
  const { blueprint: head } = parse(file.text, { customTags: [inputTag] }) as { readonly blueprint: Head };
  const mark = createHash('sha256').update(file.text).digest('hex').slice(0, 8);
  return {
    ...file,
    name: head.name,
    description: head.description,
    minVersion: head.homeassistant.min_version,
    author: `GoSIP ${mark}`,
  };
}

/** With the mark as its author: Home Assistant keeps no version of a blueprint, and shows its author. */
export function toInstall({ text, author }: Blueprint): string {
  return text.replace(/^ {2}author: .*$/m, `  author: ${author}`);
}

/** Of Home Assistant's releases, such as 2026.11.0 and 2026.12.0b3. */
export function isReleaseAtLeast(release: string, least: string): boolean {
  const [has, needs] = [numbersOf(release), numbersOf(least)];
  const index = needs.findIndex((number, at) => number !== (has[at] ?? 0));
  return index === -1 || (has[index] ?? 0) > (needs[index] ?? 0);
}

function numbersOf(release: string): readonly number[] {
  return release
    .split('.')
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 10) || 0);
}
