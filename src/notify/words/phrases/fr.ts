import type { Phrases } from './en.ts';
import { counted } from './named.ts';

/** A colon stands before a name: “de” would change with the letter that follows. */
export const fr: Phrases = {
  hidden: { subject: 'Un numéro masqué', object: 'numéro masqué', alone: 'Numéro masqué' },

  title: {
    'incoming-call': (who) => `${who} vous appelle`,
    'call-over': (who) => `${who} a appelé`,
    'missed-call': (who) => `Appel manqué : ${who}`,
    voicemail: (who) => `Message vocal : ${who}`,
    transcript: (who) => `À lire, message vocal : ${who}`,
    message: (who) => `Nouveau message : ${who}`,
    over: (title) => `Terminé : ${title}`,
    test: (house) => `Essai : ${house}`,
  },

  heading: {
    call: (who) => `${who} a appelé`,
    voicemail: (who) => `${who} a laissé un message`,
    message: (who) => `${who} a écrit`,
    test: 'Ça marche',
  },

  to: (called) => `Vers : ${called}`,
  callIsOver: 'L’appel est terminé.',
  audioAttached: 'L’enregistrement est joint.',
  audioTooLarge: 'L’enregistrement est trop lourd pour un e-mail. Vous pouvez l’écouter dans GoSIP.',
  audioLost: 'L’enregistrement lui-même est perdu.',
  noWords: 'Aucun mot n’a pu être reconnu.',
  code: 'Le texte contient un code de connexion ou de paiement : lisez-le dans GoSIP.',
  files: counted('fichier', 'fichiers'),
  leftOut: (count) =>
    count === 1
      ? 'Un fichier n’est que dans GoSIP : il est trop lourd pour un e-mail ou n’a pas pu être récupéré.'
      : `${count} fichiers ne sont que dans GoSIP : ils sont trop lourds pour un e-mail ou n’ont pas pu être récupérés.`,
  since: (when) => `Depuis le ${when}`,
  fromTo: (from, to) => `Du ${from} au ${to}.`,
  times: (count) => (count === 1 ? 'encore une fois' : `encore ${count} fois`),
  digest: (times) => `Cela s’est produit ${times} en un jour.`,
  among: (abouts) => `Entre autres : ${abouts}`,
  test: 'Les notifications de GoSIP vous parviennent ici.',

  counted: {
    call: counted('appel', 'appels'),
    'missed-call': counted('appel manqué', 'appels manqués'),
    voicemail: counted('message vocal', 'messages vocaux'),
    transcript: counted('transcription', 'transcriptions'),
    message: counted('message', 'messages'),
    alert: counted('alerte', 'alertes'),
  },
  meanwhile: (names) => `Pendant le calme : ${names}`,
  more: (count) => `et ${count} de plus`,

  link: {
    calls: 'Ouvrir l’appel',
    voicemail: 'Écouter dans GoSIP',
    messages: 'Ouvrir la conversation',
    alerts: 'Ouvrir les alertes',
    panel: 'Ouvrir GoSIP',
  },
  page: { calls: 'Appels', voicemail: 'Messagerie vocale', messages: 'Messages', alerts: 'Alertes' },
  under: (page) => `Vous le trouverez dans GoSIP, page ${page}.`,
  footer: (house) =>
    `Envoyé par ${house}, le téléphone de votre maison. Vous choisissez ce qui vous parvient ici dans GoSIP, page Notifications.`,

  action: { 'call-back': 'Rappeler', 'mark-heard': 'Marquer comme écouté', 'mark-read': 'Marquer comme lu', block: 'Bloquer' },
};
