import type { AlertWords } from './en.ts';

export const alertWords: AlertWords = {
  'trunk.state.off': 'Ausgeschaltet',
  'trunk.state.ready': 'Bereit',
  'trunk.state.registering': 'Verbindet …',
  'trunk.state.registered': 'Verbunden',
  'trunk.state.wrong-password': 'Falsches Passwort',
  'trunk.state.refused': 'Abgelehnt',
  'trunk.state.name-not-found': 'Server nicht gefunden',
  'trunk.state.certificate': 'Zertifikat nicht vertraut',
  'trunk.state.unreachable': 'Keine Antwort',
  'trunk.state.locked': 'Passwort verloren',
  'lockout.password': 'Anmeldungen mit Passwort',
  'lockout.token': 'Anfragen mit API-Token',
  'alert.storage-failed': 'Nichts kann gespeichert werden',
  'alert.storage-failed.text':
    'Telefonieren geht noch, aber Einstellungen, Anruflisten und Sprachnachrichten gingen verloren. Schaff Platz auf dem Datenträger oder prüfe ihn, dann starte GoSIP neu.',
  'alert.outbox-failing': '{about} ist nicht erreichbar',
  'alert.outbox-failing.text':
    'Was dorthin soll, wartet und wird gesendet, sobald es wieder geht. Prüfe die Internetverbindung und das Konto.',
  'alert.sip-port-taken': 'Ein anderes Programm belegt einen Port der Telefone',
  'alert.sip-port-taken.text':
    'Telefone erreichen GoSIP nicht über {protocol} {port}. In Home Assistant ist es oft „Voice over IP“. Gib dem oder GoSIP einen anderen Port, etwa {instead}, und trag ihn in die Telefone ein.',
  'alert.web-port-taken': 'Ein anderes Programm belegt den Port der Oberfläche',
  'alert.web-port-taken.text':
    'Bis GoSIP mit einem anderen neu gestartet wird, ist es unter Port {port} erreichbar. Home Assistant und die Telefone sind nicht betroffen.',
  'alert.login-locked': 'Jemand konnte sich zu oft nicht anmelden',
  'alert.login-locked.text':
    '{failures} {kind} von {source} schlugen fehl. Von dort müssen alle warten, bis {until}. Gehört die Adresse zu euch, kannst du sie gleich hereinlassen.',
  'alert.login-locked.others': '{others} weitere Adressen müssen warten. Ist GoSIP aus dem Internet erreichbar? Besser nicht.',
  'alert.password-guessing': 'Jemand rät das Passwort eines Telefons',
  'alert.password-guessing.text':
    '{name}: {tries} Versuche in einer Stunde. Ein Passwort von GoSIP ist zu lang, um erraten zu werden. Verbindet sich kein Telefon von außen, schließ den SIP-Port im Router.',
  'alert.outgoing-refused': 'Ein Telefon durfte nicht anrufen',
  'alert.outgoing-refused.text':
    '{phone} wollte {number} anrufen (Versuche am letzten Tag: {times}). {reason}. War das niemand im Haus, gib dem Telefon ein neues Passwort.',
  'alert.trunk-down': 'Keine Anrufe über {about}',
  'alert.trunk-down.text': '{state}, seit mehr als fünf Minuten: darüber kommt kein Anruf herein oder hinaus.',
  'alert.call-records-failing': 'Anrufe können nicht notiert werden',
  'alert.call-records-failing.text':
    'Anrufe laufen weiter und werden notiert, sobald es wieder geht. Schaff Platz auf dem Datenträger.',
  'alert.escalation-exhausted': 'Niemand hat eine Eskalation übernommen',
  'alert.escalation-exhausted.text':
    '„{name}“, {at}: Alle wurden gefragt, niemand hat übernommen. Kümmere dich darum, dann übernimm oder beende sie.',
  'alert.recording-suspended': 'Anrufe werden nicht aufgenommen',
  'alert.recording-suspended.text': 'Auf dem Datenträger ist zu wenig Platz. Schaff welchen, oder behalte Aufnahmen kürzer.',
  'alert.transcripts-missing': 'Sprachnachrichten werden nicht mitgeschrieben',
  'alert.transcripts-missing.text':
    'Home Assistant hat es nicht getan. Prüfe, ob die Spracherkennung dort läuft und die Sprache kann, oder wähl eine andere.',
  'alert.holidays-unread': 'Feiertage sind aus einem Kalender nicht lesbar',
  'alert.holidays-unread.text':
    '{about}: Regeln für Feiertage nehmen, was zuletzt bekannt war. Prüfe, ob es den Kalender in Home Assistant noch gibt.',
  'alert.mqtt-broken': 'Home Assistant ist über MQTT nicht erreichbar',
  'alert.mqtt-broken.text':
    'Geräte und Automationen dort erfahren nichts. Telefone sind nicht betroffen. Prüfe den MQTT-Broker, Benutzername und Passwort.',
  'alert.home-assistant-refuses': 'Home Assistant weist GoSIP ab',
  'alert.home-assistant-refuses.text':
    'Das Zugangs-Token gilt nicht mehr. Erzeuge dort in deinem Profil ein neues langlebiges und trag es in die Option home_assistant_token ein.',
  'alert.notifications-failing': 'Benachrichtigungen kommen nicht an: {about}',
  'alert.notifications-failing.text':
    'Was dorthin sollte, wird eine Weile erneut versucht, dann aufgegeben. Sieh unter Benachrichtigungen, was geantwortet wurde, und prüfe die Einstellungen.',
  'alert.backup-failed': 'Die letzte Sicherung ist fehlgeschlagen',
  'alert.backup-failed.text':
    'Bis eine gelingt, nähme ein defekter Datenträger alles mit, was seit der letzten guten war. Prüfe, wohin gesichert wird und ob dort Platz ist.',
  'alert.number-settings-drifted': 'Einstellungen bei Twilio wurden geändert',
  'alert.number-settings-drifted.text':
    'Sie sind nicht mehr so, wie GoSIP sie gesetzt hat: Anrufe oder Nachrichten erreichen dich vielleicht nicht. Bring sie unter Twilio wieder in Ordnung.',
  'alert.channel.mail': 'E-Mail',
  'alert.channel.gotify': 'Gotify',
  'alert.channel.ntfy': 'ntfy',
  'alert.channel.home-assistant': 'Home Assistant',
  'alert.channel.web-push': 'Benachrichtigungen im Browser',
};
