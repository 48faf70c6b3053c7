// Who may import whom. The linter's rules, the test that plants forbidden imports and CONTRIBUTING's table are made from this table.
type Room = {
  readonly is: string;
  /** Rooms it may import. */
  readonly rooms: readonly string[];
  /** Rooms of which it may import types alone. */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
  /** Floors, each with the floors it may import; files beside the floors may import all of them. */
  readonly floors?: Readonly<Record<string, readonly string[]>>;
};

const ground = ['base', 'contract', 'storage'];
const subjects = ['people', 'devices', 'numbers', 'voicemail', 'messages', 'system'];
const edge = ['base', 'contract', 'routing', 'calls', ...subjects];
const sipBelow = ['runtime', 'message', 'transport'];
const sipDialog = ['message', 'relay', 'dialog'];
const notifyBelow = ['kinds', 'fence', 'words'];
const sipUser = [...sipBelow, 'transaction', 'control'];

export const rooms: Readonly<Record<string, Room>> = {
  base: { is: 'clock, ids, errors, events, log: what any room may use', rooms: [], packages: ['pino'] },
  contract: { is: 'everything promised to the outside', rooms: [], types: ['base'], packages: ['zod'] },
  storage: { is: 'SQLite and file storage, without a subject', rooms: ['base'], packages: ['better-sqlite3'] },
  people: { is: 'people, how they sign in, and their tokens', rooms: ground, packages: ['@node-rs/bcrypt'] },
  devices: { is: 'phones, their credentials and registrations', rooms: ground },
  numbers: { is: 'our numbers (DIDs) and the numbering plan', rooms: ground, packages: ['libphonenumber-js'] },
  trunks: { is: 'the trunks of providers: what is kept of them, and known of the providers', rooms: ground },
  routing: { is: 'what happens to a call', rooms: ground, types: ['devices', 'numbers'], packages: ['re2js'] },
  contacts: { is: 'the address book, and who a caller is', rooms: ground, packages: ['ical.js', 'tsdav'] },
  calls: { is: 'the life of a call, call records (CDRs)', rooms: [...ground, 'routing', 'devices', 'numbers'] },
  voicemail: { is: 'mailboxes, recordings, transcripts, greetings', rooms: ground },
  messages: { is: 'SMS and MMS, automatic replies, opt-out', rooms: ground },
  system: { is: 'health and alerts of all rooms, backup and restore', rooms: ground, packages: ['prom-client'] },
  'sip-engine': {
    is: "a SIP stack that speaks drachtio's control protocol",
    rooms: [],
    floors: {
      runtime: [],
      message: ['runtime'],
      transport: ['runtime', 'message'],
      resolver: sipBelow,
      transaction: sipBelow,
      control: sipBelow,
      ping: ['runtime', 'message', 'transport'],
      'user-agent': sipUser,
      proxy: [...sipUser, 'user-agent'],
    },
  },
  sip: {
    is: 'SIP requests → rooms, decisions → SIP',
    rooms: edge,
    packages: ['drachtio-srf'],
    floors: {
      message: [],
      relay: ['message'],
      dialog: ['message', 'relay'],
      call: sipDialog,
      trunk: [...sipDialog, 'call'],
      transfer: [...sipDialog, 'call'],
    },
  },
  media: { is: "the media relay (rtpengine), the house's own voice", rooms: edge, types: ['sip'] },
  twilio: {
    is: 'REST API, signed webhooks, setup, reconciliation',
    rooms: [...edge, 'storage'],
    packages: ['twilio'],
    floors: { api: [], webhooks: ['api'], setup: ['api', 'webhooks'], sync: ['api', 'webhooks'] },
  },
  http: { is: 'the API server', rooms: ['base', 'contract'], packages: ['koa', '@koa/router'] },
  'home-assistant': {
    is: 'MQTT entities',
    rooms: ['base', 'contract'],
    packages: ['mqtt', 'aedes', 'home-assistant-js-websocket', 'yaml', 'zod'],
  },
  notify: {
    is: 'notifications by mail and push, webhooks',
    rooms: ground,
    packages: ['nodemailer', 'web-push'],
    floors: {
      kinds: [],
      fence: ['kinds'],
      words: ['kinds'],
      mail: notifyBelow,
      push: notifyBelow,
      webhooks: ['kinds', 'fence'],
    },
  },
};

/** Composed of the rooms and imported by none of them. */
export const aboveRooms = ['app', 'options', 'demo', 'testing'];
