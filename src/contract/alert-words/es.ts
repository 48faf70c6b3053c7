import type { AlertWords } from './en.ts';

export const alertWords: AlertWords = {
  'trunk.state.off': 'Desactivada',
  'trunk.state.ready': 'Lista',
  'trunk.state.registering': 'Conectando…',
  'trunk.state.registered': 'Conectada',
  'trunk.state.wrong-password': 'Contraseña incorrecta',
  'trunk.state.refused': 'Rechazada',
  'trunk.state.name-not-found': 'Servidor no encontrado',
  'trunk.state.certificate': 'Certificado no fiable',
  'trunk.state.unreachable': 'Sin respuesta',
  'trunk.state.locked': 'Contraseña perdida',
  'lockout.password': 'accesos con contraseña',
  'lockout.token': 'peticiones con token de API',
  'alert.storage-failed': 'No se puede guardar nada',
  'alert.storage-failed.text':
    'Las llamadas aún funcionan, pero se perderían ajustes, registros y mensajes. Libera espacio en el disco o revísalo y reinicia GoSIP.',
  'alert.outbox-failing': 'No se llega a {about}',
  'alert.outbox-failing.text':
    'Lo pendiente espera y se enviará en cuanto funcione. Comprueba la conexión a Internet y la cuenta.',
  'alert.sip-port-taken': 'Otro programa ocupa un puerto de los teléfonos',
  'alert.sip-port-taken.text':
    'Los teléfonos no llegan a GoSIP por {protocol} {port}. En Home Assistant suele ser «Voice over IP». Dale a eso o a GoSIP otro puerto, como {instead}, y ponlo en los teléfonos.',
  'alert.web-port-taken': 'Otro programa ocupa el puerto del panel',
  'alert.web-port-taken.text':
    'Hasta reiniciar GoSIP con otro, está en el puerto {port}. Home Assistant y los teléfonos no se ven afectados.',
  'alert.login-locked': 'Alguien falló demasiadas veces al entrar',
  'alert.login-locked.text':
    '{failures} {kind} desde {source} fallaron. Desde allí hay que esperar hasta {until}. Si es vuestra, puedes dejarla entrar ya.',
  'alert.login-locked.others': 'Otras {others} direcciones tienen que esperar. ¿Se llega a GoSIP desde Internet? Mejor no.',
  'alert.password-guessing': 'Alguien adivina la contraseña de un teléfono',
  'alert.password-guessing.text':
    '{name}: {tries} intentos en una hora. Una contraseña de GoSIP es demasiado larga para adivinarla. Si ningún teléfono se conecta desde fuera, cierra el puerto SIP del router.',
  'alert.outgoing-refused': 'Un teléfono no pudo llamar',
  'alert.outgoing-refused.text':
    '{phone} quiso llamar a {number} (intentos en un día: {times}). {reason}. Si no fue nadie de la casa, dale una contraseña nueva.',
  'alert.trunk-down': 'Sin llamadas por {about}',
  'alert.trunk-down.text': '{state} desde hace más de cinco minutos: por ella no entra ni sale ninguna llamada.',
  'alert.call-records-failing': 'No se pueden anotar las llamadas',
  'alert.call-records-failing.text': 'Las llamadas siguen y se anotarán en cuanto se pueda. Libera espacio en el disco.',
  'alert.escalation-exhausted': 'Nadie atendió un escalado',
  'alert.escalation-exhausted.text': '«{name}», {at}: se avisó a todos y nadie respondió. Ocúpate y luego atiéndelo o cancélalo.',
  'alert.recording-suspended': 'No se graban las llamadas',
  'alert.recording-suspended.text': 'Hay muy poco espacio en el disco. Libera espacio o guarda las grabaciones menos tiempo.',
  'alert.transcripts-missing': 'Los mensajes de voz no se transcriben',
  'alert.transcripts-missing.text':
    'Home Assistant no lo hizo. Comprueba que su reconocimiento de voz funciona y conoce el idioma, o elige otro.',
  'alert.holidays-unread': 'No se leen los festivos de un calendario',
  'alert.holidays-unread.text':
    '{about}: las reglas usan lo último que se supo. Comprueba que el calendario sigue en Home Assistant.',
  'alert.mqtt-broken': 'No se llega a Home Assistant por MQTT',
  'alert.mqtt-broken.text':
    'Los dispositivos y automatizaciones no se enteran de nada. Los teléfonos no se ven afectados. Comprueba el broker MQTT y sus credenciales.',
  'alert.home-assistant-refuses': 'Home Assistant rechaza a GoSIP',
  'alert.home-assistant-refuses.text':
    'El token de acceso ya no vale. Crea uno nuevo de larga duración en tu perfil y ponlo en la opción home_assistant_token.',
  'alert.notifications-failing': 'No llegan notificaciones: {about}',
  'alert.notifications-failing.text':
    'Lo que debía salir se reintenta un rato y luego se abandona. Mira en Notificaciones qué se respondió y comprueba los ajustes.',
  'alert.backup-failed': 'La última copia de seguridad falló',
  'alert.backup-failed.text':
    'Hasta que una salga bien, un disco roto se llevaría todo desde la última buena. Comprueba dónde se guardan y si hay espacio.',
  'alert.number-settings-drifted': 'Cambiaron ajustes en Twilio',
  'alert.number-settings-drifted.text':
    'Ya no están como los puso GoSIP: puede que no te lleguen llamadas o mensajes. Corrígelos en Twilio.',
  'alert.channel.mail': 'correo',
  'alert.channel.gotify': 'Gotify',
  'alert.channel.ntfy': 'ntfy',
  'alert.channel.home-assistant': 'Home Assistant',
  'alert.channel.web-push': 'notificaciones en el navegador',
};
