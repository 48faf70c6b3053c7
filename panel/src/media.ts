import { Signal } from './signal.ts';

/** Whether there is room for tables, as Home Assistant counts it. */
const wide = window.matchMedia('(min-width: 870px)');

export const isWide = new Signal(wide.matches);
wide.addEventListener('change', () => (isWide.value = wide.matches));
