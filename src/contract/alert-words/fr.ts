import type { AlertWords } from './en.ts';

export const alertWords: AlertWords = {
  'trunk.state.off': 'Désactivée',
  'trunk.state.ready': 'Prête',
  'trunk.state.registering': 'Connexion…',
  'trunk.state.registered': 'Connectée',
  'trunk.state.wrong-password': 'Mot de passe refusé',
  'trunk.state.refused': 'Refusée',
  'trunk.state.name-not-found': 'Serveur introuvable',
  'trunk.state.certificate': 'Certificat non fiable',
  'trunk.state.unreachable': 'Pas de réponse',
  'trunk.state.locked': 'Mot de passe perdu',
  'lockout.password': 'connexions par mot de passe',
  'lockout.token': 'requêtes avec un jeton d’API',
  'alert.storage-failed': 'Rien ne peut être enregistré',
  'alert.storage-failed.text':
    'Les appels marchent encore, mais réglages, journal et messages seraient perdus. Libérez de la place sur le disque ou vérifiez-le, puis redémarrez GoSIP.',
  'alert.outbox-failing': '{about} est injoignable',
  'alert.outbox-failing.text':
    'Ce qui doit y partir attend, et partira dès que possible. Vérifiez la connexion Internet et le compte.',
  'alert.sip-port-taken': 'Un autre programme occupe un port des téléphones',
  'alert.sip-port-taken.text':
    'Les téléphones n’atteignent pas GoSIP par {protocol} {port}. Dans Home Assistant, c’est souvent « Voice over IP ». Donnez-lui ou à GoSIP un autre port, comme {instead}, et notez-le dans les téléphones.',
  'alert.web-port-taken': 'Un autre programme occupe le port de l’interface',
  'alert.web-port-taken.text':
    'En attendant un redémarrage avec un autre port, GoSIP est au port {port}. Home Assistant et les téléphones ne sont pas touchés.',
  'alert.login-locked': 'Trop de connexions refusées',
  'alert.login-locked.text':
    '{failures} {kind} depuis {source} ont échoué. De là, tous attendent jusqu’à {until}. Si elle est à vous, vous pouvez la débloquer.',
  'alert.login-locked.others':
    '{others} autres adresses attendent. GoSIP est-il accessible depuis Internet ? Mieux vaut l’éviter.',
  'alert.password-guessing': 'Quelqu’un devine le mot de passe d’un téléphone',
  'alert.password-guessing.text':
    '{name} : {tries} essais en une heure. Un mot de passe de GoSIP est trop long pour être deviné. Si aucun téléphone ne vient de dehors, fermez le port SIP du routeur.',
  'alert.outgoing-refused': 'Un téléphone n’a pas pu appeler',
  'alert.outgoing-refused.text':
    '{phone} a voulu appeler {number} (essais en un jour : {times}). {reason}. Si personne ici ne l’a fait, donnez-lui un nouveau mot de passe.',
  'alert.trunk-down': 'Aucun appel par {about}',
  'alert.trunk-down.text': '{state} depuis plus de cinq minutes : aucun appel n’y entre ni n’en sort.',
  'alert.call-records-failing': 'Les appels ne peuvent pas être notés',
  'alert.call-records-failing.text': 'Les appels continuent et seront notés dès que possible. Libérez de la place sur le disque.',
  'alert.escalation-exhausted': 'Personne n’a pris une escalade',
  'alert.escalation-exhausted.text':
    '« {name} », {at} : tous ont été appelés, personne ne l’a prise. Occupez-vous-en, puis prenez-la ou annulez-la.',
  'alert.recording-suspended': 'Les appels ne sont pas enregistrés',
  'alert.recording-suspended.text':
    'Il y a trop peu de place sur le disque. Libérez-en, ou gardez les enregistrements moins longtemps.',
  'alert.transcripts-missing': 'Les messages vocaux ne sont pas transcrits',
  'alert.transcripts-missing.text':
    'Home Assistant ne l’a pas fait. Vérifiez que sa reconnaissance vocale tourne et connaît la langue, ou choisissez-en une autre.',
  'alert.holidays-unread': 'Les jours fériés d’un agenda sont illisibles',
  'alert.holidays-unread.text':
    '{about} : les règles utilisent ce qui était connu. Vérifiez que l’agenda existe encore dans Home Assistant.',
  'alert.mqtt-broken': 'Home Assistant est injoignable par MQTT',
  'alert.mqtt-broken.text':
    'Appareils et automatisations n’apprennent plus rien. Les téléphones ne sont pas touchés. Vérifiez le broker MQTT et ses identifiants.',
  'alert.home-assistant-refuses': 'Home Assistant refuse GoSIP',
  'alert.home-assistant-refuses.text':
    'Le jeton d’accès n’est plus valable. Créez-en un nouveau de longue durée dans votre profil, et mettez-le dans l’option home_assistant_token.',
  'alert.notifications-failing': 'Des notifications n’arrivent pas : {about}',
  'alert.notifications-failing.text':
    'Ce qui devait y partir est retenté un moment, puis abandonné. Voyez la réponse à la page Notifications, et vérifiez les réglages.',
  'alert.backup-failed': 'La dernière sauvegarde a échoué',
  'alert.backup-failed.text':
    'Tant qu’aucune ne réussit, un disque en panne emporterait tout depuis la dernière bonne. Vérifiez où elles sont gardées, et s’il y a de la place.',
  'alert.number-settings-drifted': 'Des réglages ont été changés chez Twilio',
  'alert.number-settings-drifted.text':
    'Ils ne sont plus tels que GoSIP les a mis : appels ou messages peuvent ne pas vous parvenir. Rétablissez-les à la page Twilio.',
  'alert.channel.mail': 'e-mail',
  'alert.channel.gotify': 'Gotify',
  'alert.channel.ntfy': 'ntfy',
  'alert.channel.home-assistant': 'Home Assistant',
  'alert.channel.web-push': 'notifications dans le navigateur',
};
