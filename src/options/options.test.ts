import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { optionSchema } from './schema.ts';
import { parseOptions, readOptions } from './options.ts';
import { writeSupervisorOptions } from './supervisor-options.ts';

function problemsOf(values: unknown, environment: Record<string, string> = {}): readonly string[] {
  const result = parseOptions(values, environment);
  return result.kind === 'problems' ? result.problems : [];
}

function optionsOf(values: unknown, environment: Record<string, string> = {}) {
  const result = parseOptions(values, environment);
  if (result.kind === 'problems') throw new Error(result.problems.join('; '));
  return result.options;
}

describe('options', () => {
  it('know where Twilio reaches the house, without a slash at the end', () => {
    expect(optionsOf({ public_url: 'https://gosip.example.org/pbx/' }).twilio).toEqual({
      publicUrl: 'https://gosip.example.org/pbx',
    });
  });

  it.each(['gosip.example.org', 'ftp://example.org', 'https://example.org/?a=b', 'https://me:secret@example.org'])(
    'refuse %s as the public address',
    (public_url) => {
      expect(problemsOf({ public_url })).toEqual(['public_url must be an address such as https://gosip.example.org']);
    },
  );

  it('need nothing to be set', () => {
    expect(optionsOf({})).toEqual({
      dataDirectory: 'data',
      log: { level: 'info' },
      sip: {
        listen: ['udp:0.0.0.0:5060', 'tcp:0.0.0.0:5060'],
        isListenGiven: false,
        hosts: {},
        edgeProxies: [],
        webOrigins: [],
        realm: 'gosip',
        engine: 'embedded',
      },
      http: { host: '0.0.0.0', port: 8080, trustedProxies: [] },
      publicHttp: { host: '0.0.0.0', port: 8081 },
      house: {
        country: 'US',
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        language: 'en',
        isCountryGiven: false,
        isTimeZoneGiven: false,
        isLanguageGiven: false,
      },
      calls: { ringSeconds: 30, spamThreshold: 0.7 },
      outgoing: { calls: 5, callsPerPhone: 2, minutesADay: 1200, minutesADayPerPhone: 600, callMinutes: 240 },
      media: { mode: 'rtpengine', ports: { min: 30_000, max: 30_999 }, voicePorts: { min: 31_000, max: 31_099 } },
      twilio: {},
      homeAssistant: {},
      mqtt: { mode: 'auto', baseTopic: 'gosip', discoveryPrefix: 'homeassistant' },
    });
  });

  it('take a broker with everything, and no topic that MQTT does not allow', () => {
    const given = {
      mqtt_url: 'mqtts://broker.lan:8883',
      mqtt_username: 'house',
      mqtt_password: 'pass',
      mqtt_ca: 'ca.pem',
      mqtt_base_topic: 'home/gosip',
    };
    expect(optionsOf(given).mqtt).toEqual({
      mode: 'auto',
      url: 'mqtts://broker.lan:8883',
      username: 'house',
      password: 'pass',
      caFile: 'ca.pem',
      baseTopic: 'home/gosip',
      discoveryPrefix: 'homeassistant',
    });
    expect(problemsOf({ mqtt_url: 'broker.lan', mqtt_base_topic: 'gosip/#', mqtt_discovery_prefix: '/a' })).toEqual([
      'mqtt_url must be an address such as mqtt://192.0.2.7:1883 or mqtts://…',
      'mqtt_base_topic must be letters, digits, dashes, underscores and slashes between',
      'mqtt_discovery_prefix must be letters, digits, dashes, underscores and slashes between',
    ]);
    expect(problemsOf({ mqtt_username: 'house' })).toEqual(['mqtt_url is needed with mqtt_username']);
    expect(problemsOf({ mqtt_url: 'mqtt://broker.lan', mqtt_password: 'x' })).toEqual([
      'mqtt_username is needed with mqtt_password',
    ]);
  });

  it('let nobody without a password onto a broker of our own, nor anybody from outside', () => {
    expect(problemsOf({ mqtt: 'embedded' })).toEqual([
      'mqtt_username is needed with an embedded broker',
      'mqtt_password is needed with an embedded broker',
    ]);
    const login = { mqtt: 'embedded', mqtt_username: 'house', mqtt_password: 'pass' };
    expect(optionsOf(login).mqtt).toMatchObject({ mode: 'embedded', username: 'house', password: 'pass' });
    expect(optionsOf({ ...login, mqtt_url: 'mqtt://127.0.0.1:1884' }).mqtt.url).toBe('mqtt://127.0.0.1:1884');
    expect(problemsOf({ ...login, mqtt_url: 'mqtt://0.0.0.0:1883' })).toEqual([
      'mqtt_url must be mqtt://127.0.0.1 with a port for an embedded broker',
    ]);
  });

  it('take the ports that the Supervisor said last, below what a person sets and only under it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gosip-options-'));
    const environment = { GOSIP_DATA_DIRECTORY: folder, GOSIP_OPTIONS: join(folder, 'options.json') };
    const supervised = { ...environment, SUPERVISOR_TOKEN: 'per-start' };
    const listenOf = (given: object, by: Record<string, string>) => {
      writeFileSync(environment.GOSIP_OPTIONS, JSON.stringify(given));
      const read = readOptions(by);
      return read.kind === 'options' ? [read.options.sip.listen, read.options.sip.isListenGiven] : read.problems;
    };
    const learned = ['udp:0.0.0.0:5062', 'tcp:0.0.0.0:5060'];
    const usual = ['udp:0.0.0.0:5060', 'tcp:0.0.0.0:5060'];
    writeSupervisorOptions(folder, { sip_listen: learned });
    expect(listenOf({}, supervised)).toEqual([learned, false]);
    expect(listenOf({}, environment)).toEqual([usual, false]);
    expect(listenOf({ sip_listen: ['udp:0.0.0.0:5070'] }, supervised)).toEqual([['udp:0.0.0.0:5070'], true]);
    expect(listenOf({}, { ...supervised, GOSIP_SIP_LISTEN: 'udp:0.0.0.0:5071' })).toEqual([['udp:0.0.0.0:5071'], true]);
    for (const broken of ['', '[]', '{"sip_listen":["nonsense"]}', '{"http_port":80}']) {
      writeFileSync(join(folder, 'supervisor-options.json'), broken);
      expect(listenOf({}, supervised)).toEqual([usual, false]);
    }
    rmSync(folder, { recursive: true });
  });

  it('reach Home Assistant by its address, else by the Supervisor', () => {
    const byHand = { home_assistant_url: 'http://ha.local:8123/', home_assistant_token: 'long-lived' };
    expect(optionsOf(byHand).homeAssistant).toEqual({ core: { url: 'http://ha.local:8123', token: 'long-lived' } });
    const supervised = { supervisorToken: 'per-start', core: { url: 'http://supervisor/core', token: 'per-start' } };
    expect(optionsOf({}, { SUPERVISOR_TOKEN: 'per-start' }).homeAssistant).toEqual(supervised);
    expect(optionsOf(byHand, { SUPERVISOR_TOKEN: 'per-start' }).homeAssistant.core?.url).toBe('http://ha.local:8123');
    expect(optionsOf({}, { SUPERVISOR_TOKEN: '' }).homeAssistant).toEqual({});
    expect(problemsOf({ home_assistant_url: 'homeassistant.local' })).toEqual([
      'home_assistant_url must be an address such as http://homeassistant.local:8123',
      'home_assistant_token is needed with home_assistant_url',
    ]);
    expect(problemsOf({ home_assistant_token: 'x' })).toEqual(['home_assistant_url is needed with home_assistant_token']);
  });

  it('give the house the language of its country, or its own', () => {
    const languageOf = (given: object) => optionsOf(given).house.language;
    expect([{ country: 'AT' }, { country: 'MX' }, { country: 'BE' }, { country: 'SE' }].map(languageOf)).toEqual([
      ...['de', 'es', 'nl', 'en'],
    ]);
    expect(languageOf({ country: 'DE', language: 'fr' })).toBe('fr');
    expect(problemsOf({ language: 'Deutsch' })).toEqual([expect.stringContaining('language')]);
  });

  it('take what the media relay needs, and ports with room for a call', () => {
    const media = {
      media_port_min: 40_000,
      media_port_max: 40_099,
      media_interface: '192.0.2.5',
      stun_server: 'stun.example.org',
    };
    expect(optionsOf(media).media).toEqual({
      mode: 'rtpengine',
      ports: { min: 40_000, max: 40_099 },
      voicePorts: { min: 31_000, max: 31_099 },
      address: '192.0.2.5',
      stunServer: { host: 'stun.example.org', port: 3478 },
    });
    expect(optionsOf({ media: 'direct', stun_server: '192.0.2.9:19302' }).media).toMatchObject({
      mode: 'direct',
      stunServer: { host: '192.0.2.9', port: 19_302 },
    });
    expect(problemsOf({ media_port_max: 30_002 })).toEqual(['media_port_max must be at least 3 above media_port_min']);
    expect(problemsOf({ voice_port_min: 31_001, voice_port_max: 31_002 })).toEqual([
      'voice_port_max must be at least 2 above voice_port_min',
    ]);
    expect(problemsOf({ media_port_max: 31_000 })).toEqual([
      'voice_port_min to voice_port_max must not overlap the ports of the media relay',
    ]);
    expect(problemsOf({ media_interface: 'eth0', stun_server: 'a b' })).toEqual([
      'media_interface must be an IPv4 address of this machine',
      'stun_server must be a server such as stun.example.org:3478',
    ]);
  });

  it('are frozen to the bottom', () => {
    const options = optionsOf({ sip_edge_proxies: ['192.0.2.1'] });
    for (const value of [options, options.sip, options.sip.listen, options.sip.edgeProxies]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });

  it('take an external engine, TLS and an address outside', () => {
    const { sip } = optionsOf({
      sip_engine: 'external',
      sip_engine_host: '192.0.2.5',
      sip_engine_secret: 'cymru',
      sip_listen: ['tls:0.0.0.0:5061', 'udp:[::]:5060'],
      sip_external_ip: '198.51.100.1',
      sip_tls_key: 'key.pem',
      sip_tls_cert: 'cert.pem',
    });
    expect(sip).toMatchObject({
      engine: { host: '192.0.2.5', port: 9022, secret: 'cymru' },
      externalIp: '198.51.100.1',
      tls: { keyFile: 'key.pem', certFile: 'cert.pem' },
    });
  });

  it('let the environment win over the file', () => {
    const environment = {
      GOSIP_HTTP_PORT: '0',
      GOSIP_SIP_LISTEN: 'udp:127.0.0.1:0, tcp:127.0.0.1:0',
      PATH: '/bin',
    };
    const options = optionsOf({ http_port: 9000, log_level: 'warn' }, environment);
    expect(options.http.port).toBe(0);
    expect(options.log.level).toBe('warn');
    expect(options.sip.listen).toEqual(['udp:127.0.0.1:0', 'tcp:127.0.0.1:0']);
  });

  it('take an untouched field of the add-on form as not set', () => {
    expect(optionsOf({ sip_external_ip: '', time_zone: null, sip_tls_key: '' }).sip).not.toHaveProperty('externalIp');
  });

  it('report all problems together, by the names of the options', () => {
    const given = {
      http_prot: 1,
      http_port: 'many',
      sip_listen: ['upd:0.0.0.0:5060', 'tls:0.0.0.0:5061'],
      sip_engine: 'native',
      ring_seconds: 2,
      spam_threshold: 70,
      sip_edge_proxies: ['192.0.2.0/99'],
    };
    expect(problemsOf(given, { GOSIP_COLOUR: 'red', GOSIP_COUNTRY: 'Canada' })).toEqual([
      'GOSIP_COLOUR is not known here',
      'sip_listen.0 "upd:0.0.0.0:5060" is not protocol:address:port, such as udp:0.0.0.0:5060 (protocols: udp, tcp, tls, ws, wss)',
      'sip_engine must be one of embedded, external',
      'sip_edge_proxies.0 must be an address or a block such as 203.0.113.0/29',
      'http_port must be a port number',
      'country must be a country of two letters, such as CA',
      'ring_seconds must be at least 5',
      'spam_threshold must be at most 1',
      'http_prot is not known here',
      'sip_tls_key is needed to listen on tls:0.0.0.0:5061',
      'sip_tls_cert is needed to listen on tls:0.0.0.0:5061',
    ]);
  });

  it.each([
    [{ sip_engine: 'external' }, ['sip_engine_host is needed', 'sip_engine_secret is needed']],
    [{ sip_tls_cert: 'x' }, ['sip_tls_key is needed']],
    [{ time_zone: 'Mars/Olympus' }, ['time_zone must be a time zone']],
    [{ http_host: 'localhost' }, ['http_host must be an IP address']],
    [{ sip_listen: ['udp:localhost:5060'] }, ['sip_listen.0 "udp:localhost:5060" is not']],
    [{ sip_listen: ['udp:127.0.0.1:70000'] }, ['sip_listen.0 "udp:127.0.0.1:70000" is not']],
    [{ sip_listen: [] }, ['sip_listen must be at least 1 entries']],
    [[], ['The options file must hold one JSON object']],
  ])('refuse %j', (given, beginnings) => {
    const problems = problemsOf(given);
    expect(problems).toHaveLength(beginnings.length);
    for (const [index, beginning] of beginnings.entries()) expect(problems[index]).toContain(beginning);
  });

  it('never show a password among the problems', () => {
    const given = { sip_engine_secret: 12_345, mqtt_password: ['pass-word-1'] };
    const text = problemsOf(given).join(' ');
    expect(text).not.toContain('pass-word-1');
    expect(text).not.toContain('12345');
  });

  it('have names of the add-on form: small letters and underscores', () => {
    for (const name of Object.keys(optionSchema.shape)) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });
});

describe('the options file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gosip-options-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (text: string) => {
    const file = join(folder, 'options.json');
    writeFileSync(file, text);
    return readOptions({ GOSIP_OPTIONS: file });
  };

  it('is read from GOSIP_OPTIONS', () => {
    expect(write('{"http_port": 1234}')).toMatchObject({ kind: 'options', options: { http: { port: 1234 } } });
  });

  it('is none where GOSIP_OPTIONS is empty, as any other variable', () => {
    expect(readOptions({ GOSIP_OPTIONS: '' })).toMatchObject({ kind: 'options' });
  });

  it('that is broken or missing is said in one line', () => {
    expect(write('{"http_port": ')).toMatchObject({ kind: 'problems', problems: [expect.stringContaining('is not valid JSON')] });
    expect(readOptions({ GOSIP_OPTIONS: join(folder, 'none.json') })).toMatchObject({
      kind: 'problems',
      problems: [expect.stringContaining('does not exist')],
    });
  });
});
