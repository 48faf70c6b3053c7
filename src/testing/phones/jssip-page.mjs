// Runs in the browser: a phone made of JsSIP whose microphone is an oscillator, and whose ear measures frequencies.
import JsSIP from 'jssip';

let ua;
let session;
let analyser;
const news = [];
const sound = new AudioContext();

function toneStream(frequency) {
  const oscillator = new OscillatorNode(sound, { frequency });
  const out = sound.createMediaStreamDestination();
  oscillator.connect(new GainNode(sound, { gain: 0.3 })).connect(out);
  oscillator.start();
  return out.stream;
}

function listen(stream) {
  // Chromium decodes what comes in only for an element that plays it.
  const player = new Audio();
  player.srcObject = stream;
  player.muted = true;
  void player.play();
  analyser = new AnalyserNode(sound, { fftSize: 8192 });
  sound.createMediaStreamSource(stream).connect(analyser);
}

let microphone;
const rtc = { iceServers: [] };

function follow(call) {
  session = call;
  call.on('peerconnection', ({ peerconnection }) => watch(peerconnection));
  if (call.connection) watch(call.connection);
  call.on('confirmed', () => news.push('talks'));
  call.on('ended', ({ cause }) => news.push('ended', cause));
  call.on('failed', ({ cause }) => news.push('ended', cause));
}

function watch(connection) {
  connection.addEventListener('track', ({ track }) => listen(new MediaStream([track])));
}

globalThis.phone = {
  version: JsSIP.version,
  news,
  start({ socket, uri, password, toneHz, expires }) {
    microphone = toneStream(toneHz);
    void sound.resume();
    ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(socket)], uri, password, register_expires: expires });
    ua.on('newRTCSession', ({ originator, session: call }) => {
      if (originator !== 'remote') return;
      follow(call);
      news.push('rings');
    });
    ua.start();
  },
  dial(uri) {
    follow(ua.call(uri, { mediaStream: microphone, pcConfig: rtc }));
  },
  answer: () => session.answer({ mediaStream: microphone, pcConfig: rtc }),
  hangUp: () => session.terminate(),
  hold: () => session.hold(),
  resume: () => session.unhold(),
  transfer: (uri) => session.refer(uri),
  /** The sound that came in last, as numbers between -1 and 1. */
  heard() {
    const samples = new Float32Array(analyser?.fftSize ?? 0);
    analyser?.getFloatTimeDomainData(samples);
    return { sampleRate: sound.sampleRate, samples: [...samples] };
  },
};
