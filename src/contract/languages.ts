/** The languages in which the house can speak (BCP 47). */
export const houseLanguages = ['en', 'de', 'fr', 'es', 'nl'] as const;
export type HouseLanguage = (typeof houseLanguages)[number];
