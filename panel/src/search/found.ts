import type { StringKey } from '../strings/en.ts';

/** Something of the house that was looked for. */
export type Found = {
  readonly icon: string;
  readonly title: string;
  readonly more: string;
  /** Below the base of the panel. */
  readonly path: string;
};

/** A kind of thing: read by itself, so that a slow or broken one holds up nothing else. */
export type Source = {
  readonly heading: StringKey;
  readonly isForAdmins?: true;
  /** Throws a Problem. */
  readonly find: (text: string) => readonly Found[] | Promise<readonly Found[]>;
};

/** Of each kind; more of them are on their own page. */
export const perSource = 5;
