// Docker's health check: GET /api/health of the API, on this machine. It fails where no phone can register or call.
import { readFileSync } from 'node:fs';

// oxlint-disable-next-line node/no-process-env -- runs beside GoSIP, with the same environment
const environment = process.env;

function options() {
  try {
    return JSON.parse(readFileSync(environment.GOSIP_OPTIONS || '/data/options.json', 'utf8'));
  } catch {
    // Without Supervisor there is none.
    return {};
  }
}

/** Where another program holds the port of the options, GoSIP says which one it has instead. */
function moved() {
  try {
    return readFileSync(`${environment.GOSIP_DATA_DIRECTORY || '/data'}/http-port`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

const given = options();
const port = moved() || environment.GOSIP_HTTP_PORT || given.http_port || 8080;
const host = environment.GOSIP_HTTP_HOST || given.http_host || '0.0.0.0';
const near = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
try {
  const response = await fetch(`http://${near}:${port}/api/health`, { signal: AbortSignal.timeout(8000) });
  process.stdout.write(`${response.status} ${await response.text()}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`GoSIP does not answer on ${near}:${port}: ${error.message}\n`);
  process.exitCode = 1;
}
