import type { HouseLanguage } from '#contract/languages.ts';

/** One thing of a mail. Every text is plain and of one line, but `quote`. */
export type Section = {
  readonly heading: string;
  readonly lines: readonly string[];
  readonly quote: string | undefined;
  readonly notes: readonly string[];
  readonly link: Link | undefined;
};

/** `where` is said in place of a link where nobody knows the panel's address. */
export type Link = { readonly label: string; readonly url: string } | { readonly where: string };

/** A mail: one thing, or several of one minute. */
export type Letter = {
  readonly language: HouseLanguage;
  readonly subject: string;
  /** Above several. */
  readonly heading: string | undefined;
  readonly sections: readonly Section[];
  /** Below several: how many more there are. */
  readonly more: string | undefined;
  readonly footer: string;
};
