import { en } from './en.ts';
import type { Strings } from './en.ts';

export const fr: Strings = en;
