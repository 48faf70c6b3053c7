import type { SpokenWords } from '#base/errors.ts';

export const optedOut: SpokenWords = {
  en: 'The recipient has opted out of messages from this number',
  de: 'Der Empfänger möchte von dieser Nummer keine Nachrichten',
  fr: 'Le destinataire ne veut plus de messages de ce numéro',
  es: 'El destinatario no quiere recibir mensajes de este número',
  nl: 'De ontvanger wil geen berichten van dit nummer',
};

export const requestTaken: SpokenWords = {
  en: 'This request_id is that of another message',
  de: 'Diese request_id gehört zu einer anderen Nachricht',
  fr: "Ce request_id est celui d'un autre message",
  es: 'Este request_id es de otro mensaje',
  nl: 'Dit request_id is van een ander bericht',
};

export const emptyMessage: SpokenWords = {
  en: 'The message is empty',
  de: 'Die Nachricht ist leer',
  fr: 'Le message est vide',
  es: 'El mensaje está vacío',
  nl: 'Het bericht is leeg',
};

export const noOwnNumber: SpokenWords = {
  en: 'There is no number to send messages from',
  de: 'Es gibt keine Nummer, von der Nachrichten gesendet werden können',
  fr: "Il n'y a pas de numéro pour envoyer des messages",
  es: 'No hay ningún número desde el que enviar mensajes',
  nl: 'Er is geen nummer om berichten mee te sturen',
};

export const notOurNumber: SpokenWords = {
  en: 'The sender is not one of our numbers',
  de: 'Der Absender ist keine unserer Nummern',
  fr: "L'expéditeur n'est pas un de nos numéros",
  es: 'El remitente no es uno de nuestros números',
  nl: 'De afzender is geen nummer van ons',
};

export const notTextable: SpokenWords = {
  en: 'This number cannot receive messages',
  de: 'Diese Nummer kann keine Nachrichten empfangen',
  fr: 'Ce numéro ne peut pas recevoir de messages',
  es: 'Ese número no puede recibir mensajes',
  nl: 'Dit nummer kan geen berichten ontvangen',
};

export const noNumberOf = (name: string): SpokenWords => ({
  en: `There is no number of ${name} for messages`,
  de: `Von ${name} gibt es keine Nummer für Nachrichten`,
  fr: `Il n'y a pas de numéro pour les messages de ${name}`,
  es: `No hay ningún número de ${name} para mensajes`,
  nl: `Er is geen nummer van ${name} voor berichten`,
});

export const numberThenWords: SpokenWords = {
  en: 'Write a number or a name, a colon, and the words',
  de: 'Schreib eine Nummer oder einen Namen, einen Doppelpunkt und den Text',
  fr: 'Écrivez un numéro ou un nom, deux-points et le texte',
  es: 'Escribe un número o un nombre, dos puntos y el texto',
  nl: 'Schrijf een nummer of een naam, een dubbele punt en de tekst',
};

export const tooManyByAutomations: SpokenWords = {
  en: 'Automations have sent 60 text messages within an hour: this one is not sent. Look for the automation that sends too many',
  de: 'Automationen haben in einer Stunde 60 SMS gesendet: Diese wird nicht gesendet. Such die Automation, die zu viele sendet',
  fr: "Des automatisations ont envoyé 60 SMS en une heure : celui-ci n'est pas envoyé. Cherchez l'automatisation qui en envoie trop",
  es: 'Las automatizaciones han enviado 60 SMS en una hora: este no se envía. Busca la automatización que envía demasiados',
  nl: 'Automatiseringen hebben in een uur 60 sms’en verstuurd: deze wordt niet verstuurd. Zoek de automatisering die er te veel verstuurt',
};
