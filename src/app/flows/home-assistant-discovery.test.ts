import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { createLog } from '#base/log.ts';
import { deviceType } from '#contract/devices.ts';
import { houseLanguages } from '#contract/languages.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import { catalogOf } from '#home-assistant/catalog.ts';
import { discoveryMessage } from '#home-assistant/discovery.ts';
import { topicsOf } from '#home-assistant/topics.ts';
import { parseOptions } from '#options/options.ts';
import { apiCall } from '#testing/harness/api-call.ts';
import { discoverySchema } from '#testing/home-assistant/discovery-schema.ts';

// What all rooms declare, as Home Assistant is told of it, by its own strict rules.
const topics = topicsOf({ base: 'gosip', prefix: 'homeassistant' });
let folder: string;
let app: App;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-discovery-'));
  const own = { data_directory: folder, sip_listen: ['udp:127.0.0.1:0'], http_host: '127.0.0.1', http_port: 0, media: 'direct' };
  const read = parseOptions({ ...own, mqtt: 'off' });
  if (read.kind === 'problems') throw new Error(read.problems.join('; '));
  app = await createApp(read.options, { log: createLog({ level: 'silent' }), isReplyStrict: true });
  const api = apiCall(`http://127.0.0.1:${app.http.port}`, app.adminToken ?? '');
  for (const [index, type] of deviceType.options.entries()) {
    await api('POST', '/devices', { name: `A ${type}`, extension: String(20 + index), type });
  }
  await api('POST', '/users', { username: 'anna', name: 'Anna' });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function messagesIn(language: HouseLanguage) {
  const house = { topics, language, triggerLanguage: language, version: '0.1.0' };
  return [...catalogOf(app.entities).values()].map((entry) => ({ entry, message: discoveryMessage(entry, house) }));
}

describe.each(houseLanguages)('entities in the language %s', (language) => {
  it('are described as Home Assistant takes them: the exchange, each phone and each person', () => {
    const owners = messagesIn(language).map(({ entry, message }) => {
      discoverySchema.parse(message);
      return entry.of;
    });
    expect(owners).toEqual(['exchange', ...deviceType.options.map(() => 'device'), 'person']);
  });

  it('have each a key of its own, and each device trigger words of its own: automations find it by them', () => {
    for (const { entry, message } of messagesIn(language)) {
      const { entities } = entry;
      const types = entities.flatMap(({ declaration }) =>
        declaration.component === 'event' ? Object.keys(declaration.types) : [],
      );
      // None hides another one.
      expect(Object.keys(message.components)).toHaveLength(entities.length + types.length);
      const words = Object.values(message.components).flatMap(({ platform, type }) =>
        platform === 'device_automation' ? [type] : [],
      );
      expect(words).toEqual([...new Set(words)]);
      const names = entities.map(({ declaration }) => `${declaration.component} ${declaration.name[language]}`);
      expect(names).toEqual([...new Set(names)]);
    }
  });
});
