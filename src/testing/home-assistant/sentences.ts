/** The sentences of one trigger, written as Home Assistant takes them: `[optional]`, `(one|other)`, `{wildcard}`. */
export type SpokenTrigger = { readonly name: string; readonly sentences: readonly string[] };

/** Everything that can be said for one sentence; wildcards stay as they are. */
export function expandSentence(sentence: string): readonly string[] {
  const [texts, end] = alternatives(sentence, 0);
  if (end !== sentence.length) throw new Error(`Cannot read "${sentence}" from character ${end} on`);
  return [...new Set(texts.map((text) => text.replace(/\s+/g, ' ').trim().toLowerCase()))];
}

/** Up to the end, or to the bracket that closes this part. */
function alternatives(sentence: string, from: number): readonly [readonly string[], number] {
  const found: string[] = [];
  let [texts, at]: [readonly string[], number] = [[''], from];
  while (at < sentence.length && !'])'.includes(sentence[at] ?? '')) {
    const letter = sentence[at] ?? '';
    if (letter === '|') {
      found.push(...texts);
      [texts, at] = [[''], at + 1];
    } else if ('[('.includes(letter)) {
      const [inner, end] = alternatives(sentence, at + 1);
      const chosen = letter === '[' ? [...inner, ''] : inner;
      [texts, at] = [texts.flatMap((text) => chosen.map((one) => text + one)), end + 1];
    } else {
      [texts, at] = [texts.map((text) => text + letter), at + 1];
    }
  }
  return [[...found, ...texts], at];
}

/** Pairs of triggers that the same words start, with such words. */
export function conflictsOf(triggers: readonly SpokenTrigger[]): readonly string[] {
  const all = triggers.map(({ name, sentences }) => {
    const texts = sentences.flatMap(expandSentence);
    return { name, texts: new Set(texts.map(spoken)), wildcards: texts.filter((text) => text.includes('{')).map(toPattern) };
  });
  return all.flatMap(({ name, texts, wildcards }, index) =>
    all.flatMap((other, at) => {
      if (at === index) return [];
      const same = at < index ? [] : [...texts].filter((text) => other.texts.has(text));
      const taken = [...other.texts].filter((text) => wildcards.some((pattern) => pattern.test(text)));
      return [...new Set([...same, ...taken])].map((text) => `${name} and ${other.name}: ${text}`);
    }),
  );
}

/** As somebody may say it: a wildcard is a word. */
function spoken(text: string): string {
  return text.replaceAll(/\{\w+\}/g, 'something');
}

function toPattern(text: string): RegExp {
  const parts = text.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.+')}$`, 'i');
}
