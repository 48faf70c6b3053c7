/** `Thu, 24 Aug 2023 05:01:45 +0000`, as the 2010 API and the webhooks write it. */
export function rfc2822(milliseconds: number): string {
  return new Date(milliseconds).toUTCString().replace(/GMT$/, '+0000');
}

/** `2016-10-14T21:56:34Z`, as the newer APIs write it. */
export function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Day texts and full times of list filters; undefined when it is neither. */
export function readDate(text: string): { readonly fromMs: number; readonly untilMs: number } | undefined {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return { fromMs: at, untilMs: isDay ? at + 86_400_000 : at + 1000 };
}
