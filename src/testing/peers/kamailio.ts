import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#testing/base/free-port.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

export type KamailioOptions = {
  readonly address: string;
  readonly realm: string;
  readonly username: string;
  readonly password: string;
  /** Where authenticated calls go, whatever number they name, such as `world@127.0.0.1:5080`. */
  readonly forwardTo: string;
};

/** A Kamailio that plays a telephone provider: it challenges INVITE with 407 and REGISTER with 401, then relays calls. */
export class Kamailio implements AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly #folder: string;
  readonly #program: Program;

  private constructor(at: { address: string; port: number }, folder: string, program: Program) {
    this.address = at.address;
    this.port = at.port;
    this.#folder = folder;
    this.#program = program;
  }

  static async start(options: KamailioOptions): Promise<Kamailio> {
    const folder = await mkdtemp(join(tmpdir(), 'gosip-kamailio-'));
    const port = await freePort(options.address);
    const file = join(folder, 'kamailio.cfg');
    await writeFile(file, routing(options, port));
    const program = startProgram('kamailio', ['-f', file, '-DD', '-E', '-m', '32', '-M', '8', '-Y', folder, '-w', folder]);
    try {
      await program.printed(/trunk peer ready/);
      return new Kamailio({ address: options.address, port }, folder, program);
    } catch (error) {
      await program.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Its log: one line for each INVITE and REGISTER with the verdict of the digest check. */
  output(): string {
    return this.#program.output();
  }

  printed(pattern: RegExp): Promise<RegExpMatchArray> {
    return this.#program.printed(pattern);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function routing({ address, realm, username, password, forwardTo }: KamailioOptions, port: number): string {
  const modules = ['tm', 'sl', 'rr', 'pv', 'maxfwd', 'textops', 'siputils', 'auth', 'xlog', 'kex'];
  return `#!KAMAILIO
debug=1
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:${address}:${port}
${modules.map((name) => `loadmodule "${name}.so"`).join('\n')}
event_route[core:worker-one-init] { xlog("L_ALERT", "trunk peer ready\\n"); }
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not here"); exit;
  }
  t_check_trans();
  if (is_method("REGISTER")) {
    if ($au != "${username}" || !pv_www_authenticate("${realm}", "${password}", "0")) { www_challenge("${realm}", "1"); exit; }
    xlog("L_ALERT", "REGISTER accepted from $au contact $ct\\n");
    append_to_reply("Contact: $ct;expires=600\\r\\n");
    sl_send_reply("200", "OK"); exit;
  }
  if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  if ($au != "${username}" || !pv_proxy_authenticate("${realm}", "${password}", "0")) {
    xlog("L_ALERT", "INVITE challenged $rU\\n");
    proxy_challenge("${realm}", "1"); exit;
  }
  xlog("L_ALERT", "INVITE accepted to $rU from $fU\\n");
  consume_credentials();
  record_route();
  $ru = "sip:${forwardTo}";
  if (!t_relay()) sl_reply_error();
}
`;
}
