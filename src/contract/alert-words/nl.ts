import type { AlertWords } from './en.ts';

export const alertWords: AlertWords = {
  'trunk.state.off': 'Uitgeschakeld',
  'trunk.state.ready': 'Klaar',
  'trunk.state.registering': 'Verbinden…',
  'trunk.state.registered': 'Verbonden',
  'trunk.state.wrong-password': 'Verkeerd wachtwoord',
  'trunk.state.refused': 'Geweigerd',
  'trunk.state.name-not-found': 'Server niet gevonden',
  'trunk.state.certificate': 'Certificaat niet vertrouwd',
  'trunk.state.unreachable': 'Geen antwoord',
  'trunk.state.locked': 'Wachtwoord kwijt',
  'lockout.password': 'aanmeldingen met wachtwoord',
  'lockout.token': 'aanvragen met een API-token',
  'alert.storage-failed': 'Er kan niets worden opgeslagen',
  'alert.storage-failed.text':
    'Bellen werkt nog, maar instellingen, gesprekslijst en voicemails zouden verloren gaan. Maak ruimte op de schijf of controleer die en start GoSIP opnieuw.',
  'alert.outbox-failing': '{about} is niet bereikbaar',
  'alert.outbox-failing.text':
    'Wat daarheen moet, wacht en wordt verstuurd zodra het weer kan. Controleer de internetverbinding en het account.',
  'alert.sip-port-taken': 'Een ander programma houdt een poort van de telefoons bezet',
  'alert.sip-port-taken.text':
    'Telefoons bereiken GoSIP niet via {protocol} {port}. In Home Assistant is het vaak ‘Voice over IP’. Geef dat of GoSIP een andere poort, zoals {instead}, en vul die in de telefoons in.',
  'alert.web-port-taken': 'Een ander programma houdt de poort van het paneel bezet',
  'alert.web-port-taken.text':
    'Tot GoSIP met een andere opnieuw start, is het bereikbaar op poort {port}. Home Assistant en de telefoons merken er niets van.',
  'alert.login-locked': 'Iemand kon zich te vaak niet aanmelden',
  'alert.login-locked.text':
    '{failures} {kind} vanaf {source} mislukten. Vandaar moet iedereen wachten tot {until}. Is het er een van jullie, dan kun je die meteen toelaten.',
  'alert.login-locked.others': 'Nog {others} adressen moeten wachten. Is GoSIP vanaf internet bereikbaar? Liever niet.',
  'alert.password-guessing': 'Iemand raadt het wachtwoord van een telefoon',
  'alert.password-guessing.text':
    '{name}: {tries} pogingen in een uur. Een wachtwoord van GoSIP is te lang om te raden. Verbindt geen telefoon van buiten, sluit dan de SIP-poort in de router.',
  'alert.outgoing-refused': 'Een telefoon mocht niet bellen',
  'alert.outgoing-refused.text':
    '{phone} wilde {number} bellen (pogingen in een dag: {times}). {reason}. Deed niemand in huis dat, geef de telefoon dan een nieuw wachtwoord.',
  'alert.trunk-down': 'Geen gesprekken over {about}',
  'alert.trunk-down.text': '{state}, al meer dan vijf minuten: er komt geen gesprek over in of uit.',
  'alert.call-records-failing': 'Gesprekken kunnen niet worden genoteerd',
  'alert.call-records-failing.text': 'Gesprekken gaan door en worden genoteerd zodra het weer kan. Maak ruimte op de schijf.',
  'alert.escalation-exhausted': 'Niemand heeft een escalatie opgepakt',
  'alert.escalation-exhausted.text':
    '‘{name}’, {at}: iedereen is gevraagd en niemand pakte het op. Zorg ervoor en pak het dan op of annuleer het.',
  'alert.recording-suspended': 'Gesprekken worden niet opgenomen',
  'alert.recording-suspended.text': 'Er is te weinig ruimte op de schijf. Maak ruimte, of bewaar opnamen korter.',
  'alert.transcripts-missing': 'Voicemails worden niet uitgeschreven',
  'alert.transcripts-missing.text':
    'Home Assistant deed het niet. Controleer of de spraakherkenning daar draait en de taal kent, of kies een andere.',
  'alert.holidays-unread': 'Feestdagen zijn uit een agenda niet te lezen',
  'alert.holidays-unread.text':
    '{about}: regels voor feestdagen gebruiken wat het laatst bekend was. Controleer of de agenda er in Home Assistant nog is.',
  'alert.mqtt-broken': 'Home Assistant is via MQTT niet bereikbaar',
  'alert.mqtt-broken.text':
    'Apparaten en automatiseringen daar horen niets. Telefoons merken er niets van. Controleer de MQTT-broker en de inloggegevens.',
  'alert.home-assistant-refuses': 'Home Assistant weigert GoSIP',
  'alert.home-assistant-refuses.text':
    'Het toegangstoken geldt niet meer. Maak in je profiel daar een nieuw langlevend token en zet het in de optie home_assistant_token.',
  'alert.notifications-failing': 'Meldingen komen niet aan: {about}',
  'alert.notifications-failing.text':
    'Wat daarheen moest, wordt een tijdje opnieuw geprobeerd en dan opgegeven. Kijk onder Meldingen wat er werd geantwoord en controleer de instellingen.',
  'alert.backup-failed': 'De laatste back-up is mislukt',
  'alert.backup-failed.text':
    'Tot er een lukt, zou een kapotte schijf alles meenemen sinds de laatste goede. Controleer waar back-ups worden bewaard en of daar ruimte is.',
  'alert.number-settings-drifted': 'Instellingen bij Twilio zijn gewijzigd',
  'alert.number-settings-drifted.text':
    'Ze zijn niet meer zoals GoSIP ze heeft gezet: misschien bereiken gesprekken of berichten je niet. Zet ze onder Twilio weer goed.',
  'alert.channel.mail': 'e-mail',
  'alert.channel.gotify': 'Gotify',
  'alert.channel.ntfy': 'ntfy',
  'alert.channel.home-assistant': 'Home Assistant',
  'alert.channel.web-push': 'meldingen in de browser',
};
