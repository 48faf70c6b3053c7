import { withoutAccents } from './without-accents.ts';
import { spokenError } from './errors.ts';
import type { SpokenWords } from './errors.ts';

export type Named<Id extends string = string> = {
  readonly id: Id;
  readonly name: string;
  /** Of a person: who asks in Home Assistant is known by this alone. */
  readonly homeAssistantUserId?: string | undefined;
};

export type NameMatch<Candidate> =
  | { readonly kind: 'one'; readonly found: Candidate }
  | { readonly kind: 'several'; readonly found: readonly Candidate[] }
  | { readonly kind: 'none' };

/** As people say it: without case, accents, punctuation and doubled spaces. */
export function foldName(name: string): string {
  return withoutAccents(name)
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** By id, here or in Home Assistant, else by the whole name, else by the beginnings of its words in their order: `anna m` finds Anna Meier. */
export function findByName<Candidate extends Named>(candidates: Iterable<Candidate>, asked: string): NameMatch<Candidate> {
  const all = [...candidates];
  const byId = all.find(({ id, homeAssistantUserId }) => id === asked || homeAssistantUserId === asked);
  if (byId !== undefined) return { kind: 'one', found: byId };
  const wanted = foldName(asked);
  if (wanted === '') return { kind: 'none' };
  const whole = all.filter(({ name }) => foldName(name) === wanted);
  return matchOf(whole.length > 0 ? whole : all.filter(({ name }) => beginsLike(foldName(name), wanted)));
}

/** Throws what can be spoken: `not-found`, or `conflict` where it may be several. */
export function oneByName<Candidate extends Named>(candidates: Iterable<Candidate>, asked: string): Candidate {
  const all = [...candidates];
  const match = findByName(all, asked);
  if (match.kind === 'one') return match.found;
  const several = match.kind === 'several';
  throw several ? ambiguous(asked, match.found) : unknownName(asked, all);
}

export function ambiguous(asked: string, found: readonly Named[]): Error {
  return spokenError('conflict', several(said(asked), list(found)));
}

export function unknownName(asked: string, choices: readonly Named[]): Error {
  if (homeAssistantUser.test(asked)) return spokenError('not-found', unlinked);
  return spokenError('not-found', choices.length === 0 ? nobody(said(asked)) : unknown(said(asked), list(choices)));
}

function matchOf<Candidate>(found: readonly Candidate[]): NameMatch<Candidate> {
  const [first, ...others] = found;
  if (first === undefined) return { kind: 'none' };
  return others.length === 0 ? { kind: 'one', found: first } : { kind: 'several', found };
}

function beginsLike(name: string, wanted: string): boolean {
  const words = name.split(' ');
  let from = 0;
  return wanted.split(' ').every((part) => {
    const at = words.findIndex((word, index) => index >= from && word.startsWith(part));
    from = at + 1;
    return at !== -1;
  });
}

const homeAssistantUser = /^[0-9a-f]{32}$/;

const unlinked: SpokenWords = {
  en: 'I do not know who you are in GoSIP. Open GoSIP in Home Assistant once, or let an administrator link you there',
  de: 'Ich weiß nicht, wer du in GoSIP bist. Öffne GoSIP einmal in Home Assistant, oder lass dich dort verknüpfen',
  fr: 'Je ne sais pas qui vous êtes dans GoSIP. Ouvrez GoSIP une fois dans Home Assistant, ou demandez à un administrateur de vous y associer',
  es: 'No sé quién eres en GoSIP. Abre GoSIP una vez en Home Assistant o pide a un administrador que te vincule allí',
  nl: 'Ik weet niet wie je in GoSIP bent. Open GoSIP één keer in Home Assistant of laat een beheerder je daar koppelen',
};

const maxChoices = 5;

/** Nobody listens to more. */
function list(found: readonly Named[]): string {
  const names = [...new Set(found.map(({ name }) => name))];
  return names.slice(0, maxChoices).join(', ') + (names.length > maxChoices ? ' …' : '');
}

function said(asked: string): string {
  return asked.length > 60 ? `${asked.slice(0, 60)}…` : asked;
}

function several(asked: string, names: string): SpokenWords {
  return {
    en: `${asked} may be several: ${names}`,
    de: `${asked} kann mehreres sein: ${names}`,
    fr: `${asked} peut désigner plusieurs noms : ${names}`,
    es: `${asked} puede ser varios: ${names}`,
    nl: `${asked} kan meerdere zijn: ${names}`,
  };
}

function unknown(asked: string, names: string): SpokenWords {
  return {
    en: `There is no ${asked}. There are: ${names}`,
    de: `${asked} gibt es nicht. Es gibt: ${names}`,
    fr: `${asked} n'existe pas. Il y a : ${names}`,
    es: `No existe ${asked}. Existen: ${names}`,
    nl: `${asked} bestaat niet. Er zijn: ${names}`,
  };
}

function nobody(asked: string): SpokenWords {
  return {
    en: `There is no ${asked}`,
    de: `${asked} gibt es nicht`,
    fr: `${asked} n'existe pas`,
    es: `No existe ${asked}`,
    nl: `${asked} bestaat niet`,
  };
}
