import { X509Certificate } from 'node:crypto';
import { mailSettings } from '#contract/mail-settings.ts';
import type { SmtpSettings } from '#contract/mail-settings.ts';
import type { Problem } from '#contract/validation.ts';
import type { ChannelInputs, SavedChannel } from '../kinds/channel.ts';
import { dkimKeyProblem } from './dkim-key.ts';

/** Another value of these sends the password elsewhere, or less protected. */
const leadsTo = ['service', 'host', 'port', 'security'] as const;

/** What no schema sees. */
export function mailProblems({ settings, secrets: given }: ChannelInputs, saved: SavedChannel | undefined): readonly Problem[] {
  const next = mailSettings.parse(settings);
  const kept = saved === undefined || saved.secrets === 'locked' ? {} : saved.secrets;
  const secretOf = (name: string) => (given[name] === undefined ? kept[name] : (given[name] ?? undefined));
  if (next.service === 'postmark') return missing('serverToken', secretOf('serverToken'));
  const isMoved = leadsTo.some((name) => saved?.settings[name] !== settings[name]);
  const isKept = given['password'] === undefined && kept['password'] !== undefined;
  return [
    ...(next.username === null ? [] : missing('password', secretOf('password'))),
    ...(next.username !== null && isMoved && isKept ? [secretProblem('password', 'must be given again for another server')] : []),
    ...(next.dkim === null ? [] : dkimProblems(secretOf('dkimPrivateKey'))),
    ...certificateProblems(next),
  ];
}

function dkimProblems(key: string | undefined): readonly Problem[] {
  if (key === undefined) return missing('dkimPrivateKey', key);
  const problem = dkimKeyProblem(key);
  return problem === undefined ? [] : [secretProblem('dkimPrivateKey', problem)];
}

function certificateProblems({ certificateAuthority: pem }: SmtpSettings): readonly Problem[] {
  if (pem === null) return [];
  try {
    void new X509Certificate(pem);
    return [];
  } catch {
    return [{ field: 'settings.certificateAuthority', message: 'must be a whole certificate in PEM' }];
  }
}

function missing(name: string, secret: string | undefined): readonly Problem[] {
  return secret === undefined ? [secretProblem(name, 'is missing')] : [];
}

function secretProblem(name: string, message: string): Problem {
  return { field: `secrets.${name}`, message };
}
