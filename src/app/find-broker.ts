// Composes how the broker for Home Assistant is found: the options', the Supervisor's, or one that we run.
// Called by home-assistant.ts.
// Must stay true: nothing is asked before somebody wants to connect, and then anew for each try.
import { readFile } from 'node:fs/promises';
import { AppError } from '#base/errors.ts';
import type { Broker, FindBroker } from '#home-assistant/broker.ts';
import { EmbeddedBroker } from '#home-assistant/embedded-broker.ts';
import type { Supervisor } from '#home-assistant/supervisor.ts';
import type { Options } from '#options/options.ts';

type FindBrokerDeps = {
  readonly mqtt: Options['mqtt'];
  readonly supervisor: Pick<Supervisor, 'mqtt'> | undefined;
  readonly stack: AsyncDisposableStack;
};

const mqttPort = 1883;

export function composeFindBroker({ mqtt, supervisor, stack }: FindBrokerDeps): FindBroker {
  const { mode, url, username = '', password = '' } = mqtt;
  if (mode === 'embedded') {
    const embedded = new EmbeddedBroker({ port: url === undefined ? mqttPort : Number(new URL(url).port), username, password });
    stack.defer(() => embedded.stop());
    return () => embedded.broker();
  }
  return async () => (url === undefined ? supervisor?.mqtt() : given({ ...mqtt, url }));
}

async function given({ url, username, password, caFile }: Options['mqtt'] & { readonly url: string }): Promise<Broker> {
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(caFile === undefined ? {} : { ca: await readCa(caFile) }),
    source: 'options',
  };
}

async function readCa(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError('invalid', `The file ${path} of the option mqtt_ca cannot be read`, { cause: error });
  }
}
