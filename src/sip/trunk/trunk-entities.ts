import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity } from '#contract/entity.ts';

/** Registers with every trunk anew, such as after the router changed its address. */
export const restartRegistration = entity({
  of: 'exchange',
  component: 'button',
  key: 'restart_registration',
  name: {
    en: 'Register with trunks again',
    de: 'Neu bei den Anbietern anmelden',
    fr: "S'enregistrer à nouveau auprès des opérateurs",
    es: 'Volver a registrarse en los operadores',
    nl: 'Opnieuw aanmelden bij de providers',
  },
  deviceClass: 'restart',
  category: 'config',
});

export function trunkEntities(trunks: { registerAgain(): void }): readonly Entity[] {
  return [bindEntity(restartRegistration, { owners: () => [exchange], press: async () => trunks.registerAgain() })];
}
