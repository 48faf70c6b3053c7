import type { PanelPage } from './phrases/named.ts';

/** What is said of one thing; every text is plain and of one line, but `quote`. */
export type Sheet = {
  /** The subject of a mail and the title of a push. `max`: graphemes. */
  title(max: number): string;
  /** Who it is from, for a list of several; empty for alerts. */
  readonly who: string;
  /** The first line of a mail. */
  readonly heading: string;
  /** Number, time, to whom. */
  readonly lines: readonly string[];
  /** What somebody said or wrote: whole, with its line breaks. */
  readonly quote: string | undefined;
  readonly notes: readonly string[];
  /** Below the title of a push. */
  readonly short: string;
  /** The words of the link, and where it leads where nobody knows the address. */
  readonly link: { readonly label: string; readonly page: PanelPage | undefined };
};

/** Longer than any voicemail's. */
export const maxQuote = 10_000;
export const maxName = 80;
