import type { Phrases } from './en.ts';
import { counted } from './named.ts';

export const es: Phrases = {
  hidden: { subject: 'Alguien con número oculto', object: 'un número oculto', alone: 'Número oculto' },

  title: {
    'incoming-call': (who) => `${who} te llama`,
    'call-over': (who) => `${who} ha llamado`,
    'missed-call': (who) => `Llamada perdida de ${who}`,
    voicemail: (who) => `Mensaje de voz de ${who}`,
    transcript: (who) => `Para leer: mensaje de voz de ${who}`,
    message: (who) => `Mensaje de ${who}`,
    over: (title) => `Ya pasó: ${title}`,
    test: (house) => `Prueba de ${house}`,
  },

  heading: {
    call: (who) => `${who} ha llamado`,
    voicemail: (who) => `${who} ha dejado un mensaje de voz`,
    message: (who) => `${who} ha escrito`,
    test: 'Funciona',
  },

  to: (called) => `A: ${called}`,
  callIsOver: 'La llamada ha terminado.',
  audioAttached: 'La grabación va adjunta.',
  audioTooLarge: 'La grabación es demasiado grande para un correo. Puedes escucharla en GoSIP.',
  audioLost: 'La grabación en sí se ha perdido.',
  noWords: 'No se entendió ninguna palabra.',
  code: 'El texto lleva un código para entrar o pagar: léelo en GoSIP.',
  files: counted('archivo', 'archivos'),
  leftOut: (count) =>
    count === 1
      ? 'Un archivo está solo en GoSIP: es demasiado grande para un correo o no se pudo traer.'
      : `${count} archivos están solo en GoSIP: son demasiado grandes para un correo o no se pudieron traer.`,
  since: (when) => `Desde el ${when}`,
  fromTo: (from, to) => `Desde el ${from} hasta el ${to}.`,
  times: (count) => (count === 1 ? 'una vez más' : `${count} veces más`),
  digest: (times) => `Ha ocurrido ${times} en un día.`,
  among: (abouts) => `Entre otros: ${abouts}`,
  test: 'Las notificaciones de GoSIP te llegan aquí.',

  counted: {
    call: counted('llamada', 'llamadas'),
    'missed-call': counted('llamada perdida', 'llamadas perdidas'),
    voicemail: counted('mensaje de voz', 'mensajes de voz'),
    transcript: counted('transcripción', 'transcripciones'),
    message: counted('mensaje', 'mensajes'),
    alert: counted('alerta', 'alertas'),
  },
  meanwhile: (names) => `Mientras había silencio: ${names}`,
  more: (count) => `y ${count} más`,

  link: {
    calls: 'Abrir la llamada',
    voicemail: 'Escuchar en GoSIP',
    messages: 'Abrir la conversación',
    alerts: 'Abrir las alertas',
    panel: 'Abrir GoSIP',
  },
  page: { calls: 'Llamadas', voicemail: 'Buzón de voz', messages: 'Mensajes', alerts: 'Alertas' },
  under: (page) => `Lo encuentras en GoSIP, en ${page}.`,
  footer: (house) => `De ${house}, los teléfonos de tu casa. Qué te llega aquí lo eliges en GoSIP, en Notificaciones.`,

  action: {
    'call-back': 'Devolver la llamada',
    'mark-heard': 'Marcar como escuchado',
    'mark-read': 'Marcar como leído',
    block: 'Bloquear',
  },
};
