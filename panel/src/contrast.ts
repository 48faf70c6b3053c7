// Colours that can be read, whatever theme the house has (WCAG 2.2 section 1.4.3).

export type Rgb = readonly [number, number, number];

/** As computed styles write it: `rgb(0, 154, 199)`, `rgba(…)`, or `#009ac7`; undefined for anything else. */
export function parseColor(text: string): Rgb | undefined {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (hex !== undefined) {
    const full = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
    const at = (start: number) => Number.parseInt(full.slice(start, start + 2), 16);
    return [at(0), at(2), at(4)];
  }
  const [, red, green, blue] = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text.trim()) ?? [];
  return blue === undefined ? undefined : [Number(red), Number(green), Number(blue)];
}

export function formatColor(color: Rgb): string {
  return `#${color.map((one) => Math.round(one).toString(16).padStart(2, '0')).join('')}`;
}

/** From 1 (the same) to 21 (black on white). */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour itself, or as much darker or lighter as it takes to stand out by `ratio` against each of `backgrounds`. */
export function readable(color: Rgb, backgrounds: readonly Rgb[], ratio = 4.5): Rgb {
  const stands = (one: Rgb) => backgrounds.every((background) => contrast(one, background) >= ratio);
  const [first = [255, 255, 255] as Rgb] = backgrounds;
  const towards: Rgb = luminance(first) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let step = 0; step < 20; step += 1) {
    const tried = mix(color, towards, step / 20);
    if (stands(tried)) return tried;
  }
  return towards;
}

/** Black or white, whichever is read better on it. */
export function textOn(background: Rgb): Rgb {
  const white: Rgb = [255, 255, 255];
  const black: Rgb = [0, 0, 0];
  return contrast(white, background) >= contrast(black, background) ? white : black;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (index: 0 | 1 | 2) => from[index] + (to[index] - from[index]) * share;
  return [at(0), at(1), at(2)];
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((one) => {
    const part = one / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
