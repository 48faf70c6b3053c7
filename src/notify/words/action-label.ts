import type { HouseLanguage } from '#contract/languages.ts';
import type { NotificationAction } from '#contract/notification-kinds.ts';
import { phrases } from './phrases/phrases.ts';

/** What a button of a notification says. */
export function actionLabel(action: NotificationAction, language: HouseLanguage): string {
  return phrases[language].action[action];
}
