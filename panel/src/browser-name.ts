const browsers: readonly (readonly [RegExp, string])[] = [
  [/Home Assistant/i, 'Home Assistant'],
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrom(?:e|ium)\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** What a program calls itself, short: `Firefox · Windows`. Something else is its first word; empty where it says nothing. */
export function browserName(userAgent: string): string {
  const browser = find(browsers, userAgent) ?? userAgent.split(/[\s/]/)[0] ?? '';
  const system = find(systems, userAgent);
  return [browser, system ?? ''].filter((part) => part !== '').join(' · ');
}

function find(table: readonly (readonly [RegExp, string])[], text: string): string | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1];
}
