// Owns the channel of mail: by a mail server or by Postmark, as the settings say.
// Called by the deliveries and by the routes of channels, made in app/notifications.ts.
// Must stay true: what is kept open belongs to the settings of now.
import { mailSettings } from '#contract/mail-settings.ts';
import type { MailSettings, PostmarkSettings, SmtpSettings } from '#contract/mail-settings.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import type { Fence } from '../fence/fence.ts';
import type {
  Attempt,
  Channel,
  ChannelInputs,
  CheckResult,
  Delivery,
  Outcome,
  ReadChannel,
  SavedChannel,
  UnsavedChannel,
} from '../kinds/channel.ts';
import type { Problem } from '#contract/validation.ts';
import { mailProblems } from './mail-problems.ts';
import { dkimKeyProblem } from './dkim-key.ts';
import type { Render } from './mail.ts';
import type { DkimSigning } from './mime.ts';
import { checkPostmark, lookUpAtPostmark, postmarkServer, sendByPostmark } from './postmark.ts';
import type { Postmark, PostmarkServer } from './postmark.ts';
import { checkSmtp } from './smtp-check.ts';
import type { ResolveTxt } from './smtp-check.ts';
import { smtpLimits } from './smtp-options.ts';
import type { SmtpLimits } from './smtp-options.ts';
import { SmtpPool } from './smtp-pool.ts';
import { sendBySmtp } from './smtp.ts';
import type { Smtp } from './smtp.ts';

export type MailDeps = {
  readonly read: ReadChannel;
  readonly fence: Fence;
  readonly render: Render;
  readonly limits?: SmtpLimits;
  readonly resolveTxt?: ResolveTxt;
  readonly postmark?: PostmarkServer;
};

type Secrets = Readonly<Record<string, string>>;

export class MailChannel implements Channel {
  readonly id = 'mail';
  readonly #deps: MailDeps;
  /** Of the settings of now, from the first mail on. */
  #smtp: Smtp | undefined;

  constructor(deps: MailDeps) {
    this.#deps = deps;
  }

  problem(): DeliveryReason | undefined {
    const opened = this.#opened();
    return typeof opened === 'string' ? opened : undefined;
  }

  async deliver(delivery: Delivery, attempt: Attempt): Promise<Outcome> {
    const opened = this.#opened();
    if (typeof opened === 'string') return { kind: 'permanent', reason: opened, detail: 'Mail is not set up' };
    const { settings, secrets } = opened;
    try {
      if (settings.service === 'postmark') return await sendByPostmark(this.#postmarkOf(settings, secrets), delivery, attempt);
      this.#smtp ??= this.#smtpOf(settings, secrets);
      return await sendBySmtp(this.#smtp, delivery, attempt);
    } catch (error) {
      return { kind: 'temporary', reason: 'unexpected', detail: `The mail could not be made: ${(error as Error).message}` };
    }
  }

  problems(inputs: ChannelInputs, saved: SavedChannel | undefined): readonly Problem[] {
    return mailProblems(inputs, saved);
  }

  async lookUp(delivery: Delivery, signal: AbortSignal): Promise<'arrived' | 'absent' | 'unclear'> {
    const opened = this.#opened();
    // A mail server cannot be asked.
    if (typeof opened === 'string' || opened.settings.service !== 'postmark') return 'unclear';
    return await lookUpAtPostmark(this.#postmarkOf(opened.settings, opened.secrets), delivery, signal);
  }

  async check(unsaved: UnsavedChannel, signal: AbortSignal): Promise<CheckResult> {
    const { fence, limits = smtpLimits, resolveTxt } = this.#deps;
    const settings = mailSettings.parse(unsaved.settings);
    if (settings.service === 'postmark') return await checkPostmark(this.#postmarkOf(settings, unsaved.secrets), signal);
    const { password, dkimPrivateKey: dkimKey } = unsaved.secrets;
    return await checkSmtp({ settings, password }, { limits, dkimKey, resolveTxt }, { ...fence, signal });
  }

  changed(): void {
    this.#smtp?.pool.close();
    this.#smtp = undefined;
  }

  async stop(): Promise<void> {
    this.changed();
  }

  #opened(): { readonly settings: MailSettings; readonly secrets: Secrets } | DeliveryReason {
    const saved = this.#deps.read();
    if (saved === undefined) return 'not-set-up';
    if (!saved.isEnabled) return 'switched-off';
    if (saved.secrets === 'locked') return 'secret-locked';
    const settings = mailSettings.safeParse(saved.settings);
    if (!settings.success || isWithoutKey(settings.data, saved.secrets)) return 'not-set-up';
    return { settings: settings.data, secrets: saved.secrets };
  }

  #postmarkOf(settings: PostmarkSettings, { serverToken: token = '' }: Secrets): Postmark {
    const { fence, render, postmark: server = postmarkServer } = this.#deps;
    return { settings, token, fence, render, server };
  }

  #smtpOf(settings: SmtpSettings, secrets: Secrets): Smtp {
    const { fence, render, limits = smtpLimits } = this.#deps;
    const access = { settings, password: secrets['password'] };
    return { access, dkim: dkimOf(settings, secrets), pool: new SmtpPool(access, limits, fence.clock), fence, render };
  }
}

/** The library would send it unsigned. */
function isWithoutKey(settings: MailSettings, { dkimPrivateKey: key }: Secrets): boolean {
  if (settings.service !== 'smtp' || settings.dkim === null) return false;
  return key === undefined || dkimKeyProblem(key) !== undefined;
}

function dkimOf({ dkim }: SmtpSettings, { dkimPrivateKey: key }: Secrets): DkimSigning | undefined {
  return dkim === null || key === undefined ? undefined : { ...dkim, key };
}
