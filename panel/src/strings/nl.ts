import { en } from './en.ts';
import type { Strings } from './en.ts';

export const nl: Strings = en;
