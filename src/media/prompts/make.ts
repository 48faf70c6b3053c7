// Speaks the recorded words of the house again, into the folders beside it. Run it by script/prompts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { promptNames } from '#calls/phrase.ts';
import { houseLanguages } from '#contract/languages.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import { decode } from '../g711.ts';
import { promptFile, spokenDigits } from '../prompt-files.ts';
import { SpeechSynthesizer } from '../speech-synthesizer.ts';
import { promptTexts, voices } from './texts.ts';

/** Quieter than that is no speech. */
const quiet = 200;
/** Left at both ends, so that no consonant is cut off: 30 ms. */
const margin = 240;

const synthesizer = new SpeechSynthesizer({ clock: systemClock, log: createLog({ level: 'warn' }) });

/** Without the silence around it. */
function trim(audio: Uint8Array): Uint8Array {
  const samples = decode('PCMU', audio);
  const first = samples.findIndex((sample) => Math.abs(sample) > quiet);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > quiet);
  return audio.subarray(Math.max(0, first - margin), last + margin);
}

async function speak(language: HouseLanguage, name: Parameters<typeof promptFile>[1], text: string): Promise<void> {
  const speech = await synthesizer.speak(text, voices[language].voice);
  if (speech === undefined) throw new Error(`espeak-ng cannot speak "${text}" (${language}): is it installed?`);
  writeFileSync(promptFile(language, name), trim(speech));
}

for (const language of houseLanguages) {
  mkdirSync(new URL('.', promptFile(language, '0')), { recursive: true });
  for (const name of promptNames) await speak(language, name, promptTexts[name][language]);
  for (const digit of spokenDigits) await speak(language, digit, voices[language].digits[Number(digit)] ?? digit);
}
