import { describe, expect, it } from 'vitest';
import { houseLanguages } from '#contract/languages.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import { audio, examples, facts } from '#testing/notify/told-examples.ts';
import { de } from '../../../panel/src/strings/de.ts';
import { en } from '../../../panel/src/strings/en.ts';
import { es } from '../../../panel/src/strings/es.ts';
import { fr } from '../../../panel/src/strings/fr.ts';
import { nl } from '../../../panel/src/strings/nl.ts';
import { actionLabel } from './action-label.ts';
import { phrases } from './phrases/phrases.ts';
import { lengthOf } from './plain-text.ts';
import { render } from './render.ts';

type Example = keyof typeof examples;
const panel = { en, de, fr, es, nl };
const rows = (Object.keys(examples) as Example[]).flatMap((name) => houseLanguages.map((language) => [name, language] as const));

/** The subject, which is the title of a push too, and the text of the push. */
const said: Readonly<Record<HouseLanguage, Readonly<Record<Example, readonly [string, string]>>>> = {
  en: {
    incoming: ['Grandma is calling', '+49 30 12345678 · To: Home'],
    over: ['Grandma called', 'The call is over.'],
    missed: ['Missed call from Grandma', '14:03 · +49 30 12345678 · To: Home · Do not disturb was on'],
    hidden: ['Missed call from a hidden number', '14:03 · To: +49 30 76543210'],
    voicemail: ['Voicemail from Grandma', '1:07 · Come for tea. Call me!'],
    silent: ['Voicemail from Grandma', '1:07 · 14:03 · +49 30 12345678'],
    transcript: ['To read: voicemail from Grandma', '1:07 · Come for tea. Call me!'],
    message: ['Message from Grandma', 'At six?'],
    pictures: ['Message from Grandma', '2 files'],
    code: ['Message from Grandma', 'The text holds a code for signing in or paying: read it in GoSIP.'],
    alert: [
      'Somebody could not sign in too often',
      '12 logins with a password from 192.0.2.7 failed. From there everybody waits until 15:03. If it is one of yours, you can let it in at once.',
    ],
    wellAgain: ['Over: No calls over Telekom', 'It lasted from Monday, 30 November at 14:03 to Monday, 30 November at 14:53.'],
    digest: [
      'Somebody could not sign in too often',
      'It happened 37 more times within a day. Among them: 192.0.2.7 (password) and 36 more.',
    ],
    channel: [
      'Twilio is not reached',
      'What should go there waits and is sent as soon as it works again. Check the Internet connection and the account.',
    ],
    test: ['Test from GoSIP', 'Notifications from GoSIP reach you here.'],
  },
  de: {
    incoming: ['Grandma ruft an', '+49 30 12345678 · An: Home'],
    over: ['Grandma hat angerufen', 'Der Anruf ist vorbei.'],
    missed: ['Verpasster Anruf von Grandma', '14:03 · +49 30 12345678 · An: Home · „Nicht stören“ war an'],
    hidden: ['Verpasster Anruf von unterdrückter Nummer', '14:03 · An: +49 30 76543210'],
    voicemail: ['Sprachnachricht von Grandma', '1:07 · Come for tea. Call me!'],
    silent: ['Sprachnachricht von Grandma', '1:07 · 14:03 · +49 30 12345678'],
    transcript: ['Zum Nachlesen: Sprachnachricht von Grandma', '1:07 · Come for tea. Call me!'],
    message: ['Nachricht von Grandma', 'At six?'],
    pictures: ['Nachricht von Grandma', '2 Dateien'],
    code: ['Nachricht von Grandma', 'Der Text enthält einen Code zum Anmelden oder Bezahlen: Lies ihn in GoSIP.'],
    alert: [
      'Jemand konnte sich zu oft nicht anmelden',
      '12 Anmeldungen mit Passwort von 192.0.2.7 schlugen fehl. Von dort müssen alle warten, bis 15:03. Gehört die Adresse zu euch, kannst du sie gleich hereinlassen.',
    ],
    wellAgain: [
      'Vorbei: Keine Anrufe über Telekom',
      'Das war so von Montag, 30. November um 14:03 bis Montag, 30. November um 14:53.',
    ],
    digest: [
      'Jemand konnte sich zu oft nicht anmelden',
      'Innerhalb eines Tages kam das noch 37-mal vor. Darunter: 192.0.2.7 (password) und 36 weitere.',
    ],
    channel: [
      'Twilio ist nicht erreichbar',
      'Was dorthin soll, wartet und wird gesendet, sobald es wieder geht. Prüfe die Internetverbindung und das Konto.',
    ],
    test: ['Test von GoSIP', 'Benachrichtigungen von GoSIP kommen hier bei dir an.'],
  },
  fr: {
    incoming: ['Grandma vous appelle', '+49 30 12345678 · Vers : Home'],
    over: ['Grandma a appelé', 'L’appel est terminé.'],
    missed: ['Appel manqué : Grandma', '14:03 · +49 30 12345678 · Vers : Home · « Ne pas déranger » était activé'],
    hidden: ['Appel manqué : numéro masqué', '14:03 · Vers : +49 30 76543210'],
    voicemail: ['Message vocal : Grandma', '1:07 · Come for tea. Call me!'],
    silent: ['Message vocal : Grandma', '1:07 · 14:03 · +49 30 12345678'],
    transcript: ['À lire, message vocal : Grandma', '1:07 · Come for tea. Call me!'],
    message: ['Nouveau message : Grandma', 'At six?'],
    pictures: ['Nouveau message : Grandma', '2 fichiers'],
    code: ['Nouveau message : Grandma', 'Le texte contient un code de connexion ou de paiement : lisez-le dans GoSIP.'],
    alert: [
      'Trop de connexions refusées',
      '12 connexions par mot de passe depuis 192.0.2.7 ont échoué. De là, tous attendent jusqu’à 15:03. Si elle est à vous, vous pouvez la débloquer.',
    ],
    wellAgain: ['Terminé : Aucun appel par Telekom', 'Du lundi 30 novembre à 14:03 au lundi 30 novembre à 14:53.'],
    digest: [
      'Trop de connexions refusées',
      'Cela s’est produit encore 37 fois en un jour. Entre autres : 192.0.2.7 (password) et 36 de plus.',
    ],
    channel: [
      'Twilio est injoignable',
      'Ce qui doit y partir attend, et partira dès que possible. Vérifiez la connexion Internet et le compte.',
    ],
    test: ['Essai : GoSIP', 'Les notifications de GoSIP vous parviennent ici.'],
  },
  es: {
    incoming: ['Grandma te llama', '+49 30 12345678 · A: Home'],
    over: ['Grandma ha llamado', 'La llamada ha terminado.'],
    missed: ['Llamada perdida de Grandma', '14:03 · +49 30 12345678 · A: Home · «No molestar» estaba activado'],
    hidden: ['Llamada perdida de un número oculto', '14:03 · A: +49 30 76543210'],
    voicemail: ['Mensaje de voz de Grandma', '1:07 · Come for tea. Call me!'],
    silent: ['Mensaje de voz de Grandma', '1:07 · 14:03 · +49 30 12345678'],
    transcript: ['Para leer: mensaje de voz de Grandma', '1:07 · Come for tea. Call me!'],
    message: ['Mensaje de Grandma', 'At six?'],
    pictures: ['Mensaje de Grandma', '2 archivos'],
    code: ['Mensaje de Grandma', 'El texto lleva un código para entrar o pagar: léelo en GoSIP.'],
    alert: [
      'Alguien falló demasiadas veces al entrar',
      '12 accesos con contraseña desde 192.0.2.7 fallaron. Desde allí hay que esperar hasta 15:03. Si es vuestra, puedes dejarla entrar ya.',
    ],
    wellAgain: [
      'Ya pasó: Sin llamadas por Telekom',
      'Desde el lunes, 30 de noviembre, 14:03 hasta el lunes, 30 de noviembre, 14:53.',
    ],
    digest: [
      'Alguien falló demasiadas veces al entrar',
      'Ha ocurrido 37 veces más en un día. Entre otros: 192.0.2.7 (password) y 36 más.',
    ],
    channel: [
      'No se llega a Twilio',
      'Lo pendiente espera y se enviará en cuanto funcione. Comprueba la conexión a Internet y la cuenta.',
    ],
    test: ['Prueba de GoSIP', 'Las notificaciones de GoSIP te llegan aquí.'],
  },
  nl: {
    incoming: ['Grandma belt', '+49 30 12345678 · Aan: Home'],
    over: ['Grandma heeft gebeld', 'De oproep is voorbij.'],
    missed: ['Gemiste oproep van Grandma', '14:03 · +49 30 12345678 · Aan: Home · “Niet storen” stond aan'],
    hidden: ['Gemiste oproep van een verborgen nummer', '14:03 · Aan: +49 30 76543210'],
    voicemail: ['Voicemail van Grandma', '1:07 · Come for tea. Call me!'],
    silent: ['Voicemail van Grandma', '1:07 · 14:03 · +49 30 12345678'],
    transcript: ['Om te lezen: voicemail van Grandma', '1:07 · Come for tea. Call me!'],
    message: ['Bericht van Grandma', 'At six?'],
    pictures: ['Bericht van Grandma', '2 bestanden'],
    code: ['Bericht van Grandma', 'De tekst bevat een code om in te loggen of te betalen: lees hem in GoSIP.'],
    alert: [
      'Iemand kon zich te vaak niet aanmelden',
      '12 aanmeldingen met wachtwoord vanaf 192.0.2.7 mislukten. Vandaar moet iedereen wachten tot 15:03. Is het er een van jullie, dan kun je die meteen toelaten.',
    ],
    wellAgain: [
      'Voorbij: Geen gesprekken over Telekom',
      'Dat was zo van maandag 30 november om 14:03 tot maandag 30 november om 14:53.',
    ],
    digest: [
      'Iemand kon zich te vaak niet aanmelden',
      'Binnen een dag gebeurde dat nog 37 keer. Waaronder: 192.0.2.7 (password) en nog 36.',
    ],
    channel: [
      'Twilio is niet bereikbaar',
      'Wat daarheen moet, wacht en wordt verstuurd zodra het weer kan. Controleer de internetverbinding en het account.',
    ],
    test: ['Test van GoSIP', 'Meldingen van GoSIP komen hier bij je aan.'],
  },
};

describe('a notification', () => {
  it.each(rows)('of kind %s says in %s what it is about', (name, language) => {
    const { subject, short } = render(examples[name], language, facts);
    expect([subject, short.body]).toEqual(said[language][name]);
    expect(short.title).toBe(subject);
  });

  it.each(rows)('of kind %s says the same in %s as a mail, as plain text and as HTML', (name, language) => {
    const { text, html } = render(examples[name], language, facts);
    const words = html.replaceAll(/<title>.*<\/title>/g, '').replaceAll(/<[^>]*>/g, ' ');
    const plain = words.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&').split(/\s+/).filter(Boolean);
    const lines = text.replaceAll(/^(?:> |-- $)/gm, '').replace(facts.houseName, facts.houseName);
    const shown = lines.split(/\s+/).filter((word) => word !== '' && word !== examples[name].link.url);
    expect(plain).toEqual(shown);
    expect(html).toContain(`<html lang="${language}"`);
    expect(html).toContain(`href="${examples[name].link.url}"`);
    expect(text).toContain(examples[name].link.url);
  });

  it.each(houseLanguages)('names in %s the pages and buttons as the panel does', (language) => {
    const { page } = phrases[language];
    const words = panel[language];
    expect(page).toEqual({
      calls: words['page.calls'],
      voicemail: words['page.voicemail'],
      messages: words['page.messages'],
      alerts: words['page.alerts'],
    });
    expect(phrases[language].footer('GoSIP')).toContain(words['page.notifications']);
    expect(actionLabel('call-back', language)).toBe(words['voicemail.callBack']);
    expect(actionLabel('mark-heard', language)).toBe(words['voicemail.markHeard']);
  });
});

describe('a mail', () => {
  it.each([
    ['en', 'Monday, 30 November at 14:03', 'Do not disturb was on.'],
    ['de', 'Montag, 30. November um 14:03', '„Nicht stören“ war an.'],
    ['fr', 'lundi 30 novembre à 14:03', '« Ne pas déranger » était activé.'],
    ['es', 'lunes, 30 de noviembre, 14:03', '«No molestar» estaba activado.'],
    ['nl', 'maandag 30 november om 14:03', '“Niet storen” stond aan.'],
  ] as const)(
    'of a missed call says in %s who called, when, on which number and why nobody was reached',
    (language, when, why) => {
      const { text, html } = render(examples.missed, language, facts);
      for (const body of [text, html]) for (const part of ['+49 30 12345678', when, 'Home', why]) expect(body).toContain(part);
    },
  );

  it('is written as its reader writes times: in the time zone of the house, with twelve hours where that is usual', () => {
    const there = { ...facts, timeZone: 'America/New_York', country: 'US' };
    expect(render(examples.missed, 'en', there).text).toMatch(/Monday, November 30 at 8:03\sAM/);
    expect(render(examples.missed, 'de', { ...facts, at: facts.at + 86_400_000 }).short.body).toContain('Mo., 14:03');
  });

  it('says where in the panel to look where nobody knows an address that can be opened', () => {
    for (const url of [undefined, 'javascript:alert(1)', 'gosip', '/app/gosip']) {
      const { text, html } = render({ ...examples.voicemail, link: { path: 'voicemail/vm_1', url } }, 'en', facts);
      expect(text).toContain('You find it in GoSIP under Voicemail.');
      expect(html).not.toContain('<a ');
    }
  });

  it('says what became of a recording', () => {
    const text = (given: object) => render({ ...examples.voicemail, ...given }, 'en', facts).text;
    expect(text({})).toContain('The recording is attached.');
    expect(text({ audio: undefined, audioProblem: 'too-large' })).toContain('too large for a mail');
    expect(text({ audio: undefined, audioProblem: 'lost' })).toContain('itself is lost');
    expect(text({ transcript: ' ' })).toContain('No words could be made out.');
    expect(text({ transcript: undefined })).not.toContain('No words');
  });

  it('counts what could not go with a message', () => {
    const { text } = render({ ...examples.message, media: [audio, audio], leftOut: 2 }, 'en', facts);
    expect(text).toContain('4 files');
    expect(text).toContain('2 files are in GoSIP alone');
  });
});

describe('several at once', () => {
  const many = [examples.missed, examples.hidden, examples.missed, examples.voicemail] as const;

  it.each([
    ['en', '3 missed calls and 1 voicemail', 'While it was quiet: Grandma (3), Hidden number'],
    ['de', '3 verpasste Anrufe und 1 Sprachnachricht', 'Während Ruhe war: Grandma (3), Unterdrückte Nummer'],
    ['fr', '3 appels manqués et 1 message vocal', 'Pendant le calme : Grandma (3), Numéro masqué'],
    ['es', '3 llamadas perdidas y 1 mensaje de voz', 'Mientras había silencio: Grandma (3), Número oculto'],
    ['nl', '3 gemiste oproepen en 1 voicemail', 'Terwijl het stil was: Grandma (3), Verborgen nummer'],
  ] as const)('are counted in %s, and say who it was', (language, subject, body) => {
    const { short, html, text, ...mail } = render(many, language, facts);
    expect([mail.subject, short.title, short.body]).toEqual([subject, subject, body]);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html.match(/<h2/g)).toHaveLength(4);
    expect(text).toContain('> Come for tea.');
  });

  it('are one mail that mail programs show whole, however many and long they are', () => {
    const long = { ...examples.voicemail, transcript: '"&<>'.repeat(20_000) };
    for (const count of [1, 5, 30, 500]) {
      const all = Array.from({ length: count }, () => long);
      const { html, subject, short } = render([long, ...all.slice(1)], 'de', facts);
      expect(Buffer.byteLength(html)).toBeLessThanOrEqual(100 * 1024);
      expect(lengthOf(subject)).toBeLessThanOrEqual(120);
      expect(lengthOf(short.body)).toBeLessThanOrEqual(240);
      expect(html.includes('… und 470 weitere')).toBe(count === 500);
    }
  });
});
