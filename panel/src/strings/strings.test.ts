import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { houseLanguages } from '#contract/languages.ts';
import { refusalReasons } from '#contract/refusal-reasons.ts';
import { placeholders } from '../phrase.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';

/** The names of things at Twilio and of products, and short words that two languages have in common. */
const names =
  /^(?:twilio\.(?:accountSid|authToken|account|sms|check\.account|step\.messaging|step\.service|change\.field)|child\.none|welcome\.(?:twilio|later|next\.home)|escalation\.outcome\.offline|alert\.channel\.(?:gotify|ntfy|home-assistant)|channel\.(?:mail|gotify|ntfy|home-assistant|service\.\w+|fromName\.default|host|port|messageStream|step\.token)|hook\.event\.test|channel\.(?:web-push|security\.starttls|dkim\.selector)|delivery\.(?:kind\.(?:message|voicemail|transcript)|count\.(?:one|other))|hook\.(?:secret|group\.messages))$/;

const languages: Readonly<Record<string, Readonly<Record<string, string>>>> = { en, de, fr, es, nl };
/** The same in several languages, and rightly so. */
const shared =
  /^(?:page\..*|call\.(?:fromTo|message)|phones\.online\..*|.*\.(?:server|transport|name|text))$|^(?:nav|kind|account|action|dnd|calls|until|people|field|ha|outcome|phone|voicemails|disposition|contact|files|targets|ruleEdit|health)\./;

describe('the words of the panel', () => {
  it('are there in every language of the house', () => {
    expect(Object.keys(languages)).toEqual([...houseLanguages]);
    for (const [language, words] of Object.entries(languages)) {
      expect({ language, keys: Object.keys(words).toSorted() }).toEqual({ language, keys: Object.keys(en).toSorted() });
    }
  });

  it.each(Object.entries(languages))('fill in the same things and say something: %s', (_language, words) => {
    for (const [key, text] of Object.entries(words)) {
      expect({ key, fills: placeholders(text) }).toEqual({ key, fills: placeholders(en[key as keyof typeof en]) });
      expect({ key, text: text.trim() }).toEqual({ key, text });
      expect(text).not.toBe('');
    }
  });

  it('were translated', () => {
    for (const [language, words] of Object.entries(languages)) {
      if (language === 'en') continue;
      const same = Object.entries(words).filter(
        ([key, text]) => text === en[key as keyof typeof en] && !shared.test(key) && !names.test(key),
      );
      expect({ language, same }).toEqual({ language, same: [] });
    }
  });

  it('say of a refusal only what the house tells of it', () => {
    for (const [reason, values] of Object.entries(refusalReasons)) {
      const told = reason === 'call-not-made' ? ['why'] : values.toSorted();
      expect({ reason, fills: placeholders(en[`refusal.${reason as keyof typeof refusalReasons}`]) }).toEqual({
        reason,
        fills: told,
      });
    }
  });

  it('name every blueprint, and say what it is for', () => {
    const folders = ['automation', 'script'].map((domain) => new URL(`../../../blueprints/${domain}/gosip/`, import.meta.url));
    const ids = folders.flatMap((folder) => readdirSync(folder)).map((name) => name.replace(/\.yaml$/, ''));
    const missing = ids.filter((id) => !(`blueprint.${id}` in en && `blueprint.${id}.text` in en));
    expect({ missing, some: ids.length > 0 }).toEqual({ missing: [], some: true });
  });
});
