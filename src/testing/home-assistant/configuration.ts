import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Switches, and a speaker that says over MQTT what it is told to play. */
const helpers = [
  'input_boolean:',
  '  bedtime:',
  '  gate:',
  'media_player:',
  '  - platform: universal',
  '    name: Speaker',
  '    unique_id: speaker',
  '    commands:',
  '      play_media:',
  '        action: mqtt.publish',
  '        data: { topic: speaker/play, payload: "{{ media_content_id }}" }',
  '      media_stop:',
  '        action: mqtt.publish',
  '        data: { topic: speaker/stop, payload: stop }',
];

/** Writes what a house of the tests needs into a configuration folder that has none yet. */
export async function writeConfiguration(config: string, port: number, yaml: string): Promise<void> {
  if (existsSync(join(config, 'configuration.yaml'))) return;
  await mkdir(config, { recursive: true });
  const lines = [
    'homeassistant:',
    '  name: Test house',
    '  country: DE',
    '  time_zone: Europe/Berlin',
    `  internal_url: http://127.0.0.1:${port}`,
    'http:',
    '  server_host: 127.0.0.1',
    `  server_port: ${port}`,
    ...[
      'api',
      'assist_pipeline',
      'config',
      'conversation',
      'frontend',
      'history',
      'logbook',
      'mobile_app',
      'persistent_notification',
      'recorder',
      'scene',
    ].map((name) => `${name}:`),
    ...helpers,
    'automation: !include automations.yaml',
    'script: !include scripts.yaml',
    'logger:',
    '  default: warning',
    yaml,
  ];
  await writeFile(join(config, 'configuration.yaml'), `${lines.join('\n')}\n`);
  await writeFile(join(config, 'automations.yaml'), '[]\n');
  await writeFile(join(config, 'scripts.yaml'), '{}\n');
}
