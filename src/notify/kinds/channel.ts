import type { FieldProblem } from '#base/errors.ts';
import type { DeliveryId } from '#base/ids.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import type { ChannelId, CheckStep, DeliveryReason, NotificationAction } from '#contract/notification-kinds.ts';
import type { Problem } from '#contract/validation.ts';
import type { Told } from './content.ts';
import type { Target } from './target.ts';

/** What was sent and what came back, at most 2 KB each, without secrets. */
export type Exchange = { readonly request: string; readonly status: number | undefined; readonly reply: string };

/** How one attempt ended. */
export type Outcome =
  /** `note`: what the one who wonders may want to know of it. */
  | { readonly kind: 'delivered'; readonly note?: string; readonly reply?: Exchange }
  /** Worth another try. `inDoubt`: it may have arrived all the same. */
  | {
      readonly kind: 'temporary';
      readonly reason: DeliveryReason;
      readonly detail: string;
      readonly retryAfterSeconds?: number;
      readonly inDoubt?: true;
      readonly reply?: Exchange;
    }
  /** Never to be repeated as it is. `isTargetGone`: nothing arrives there any more. */
  | {
      readonly kind: 'permanent';
      readonly reason: DeliveryReason;
      readonly detail: string;
      readonly isTargetGone?: true;
      readonly reply?: Exchange;
    };

/** What is brought to one target. */
export type Delivery = {
  readonly id: DeliveryId;
  readonly target: Target;
  readonly language: HouseLanguage;
  /** One, or those of a letter or of what was held. */
  readonly told: readonly [Told, ...Told[]];
  /** What is shown under it replaces what was shown under it before. */
  readonly tag: string;
  /** The part of a Message-ID before the `@`; the same in every try, and when it is sent again by hand. */
  readonly messageId: string;
  /** Of a letter none. */
  readonly actions: readonly NotificationAction[];
  /** Shown without a sound, such as what takes the place of something told before. */
  readonly isSilent: boolean;
  /** How long it is worth anything from now on. */
  readonly ttlSeconds: number;
  readonly priority: 'low' | 'normal' | 'high';
};

export type Attempt = {
  /** Aborted when the attempt takes too long, and at the stop. */
  readonly signal: AbortSignal;
  /**
   * Marks, durably, that it may arrive from here on: before it a restart repeats, after it the channel's `whenInDoubt` holds.
   * Idempotent, synchronous.
   */
  commit(): void;
};

export type CheckResult = {
  readonly steps: readonly {
    readonly step: CheckStep;
    readonly outcome: 'ok' | 'failed' | 'skipped';
    readonly reason?: DeliveryReason;
    readonly detail: string;
  }[];
};

/** What is saved of a channel; `secrets` is `locked` where the house's key does not open them. */
export type SavedChannel = {
  readonly isEnabled: boolean;
  /** Valid by the contract's schema of the channel. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>> | 'locked';
};

/** A channel's own reading of what is saved of it; undefined before it is first saved. */
export type ReadChannel = () => SavedChannel | undefined;

/** Settings that are not saved yet, with the secrets that would be: those given, else those saved. */
export type UnsavedChannel = Omit<SavedChannel, 'isEnabled' | 'secrets'> & { readonly secrets: Readonly<Record<string, string>> };

/** What somebody wants to save or try: of the secrets those that change, null where one is taken away. */
export type ChannelInputs = {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string | null | undefined>>;
};

/** One way to reach people. */
export type Channel = {
  readonly id: ChannelId;
  /** Why nothing can be sent, such as that it is not set up; nothing is queued then. */
  problem(): DeliveryReason | undefined;
  /** What is wrong with settings before they are saved, beyond their form. */
  wrongSettings?(settings: SavedChannel['settings']): readonly FieldProblem[];
  /** Never rejects. */
  deliver(delivery: Delivery, attempt: Attempt): Promise<Outcome>;
  /** What is wrong with them that their schema does not see, such as a secret that was given for another server. */
  problems?(inputs: ChannelInputs, saved: SavedChannel | undefined): readonly Problem[];
  /** Tries settings that are not saved yet, sends nothing, and names the step that fails. */
  check(unsaved: UnsavedChannel, signal: AbortSignal): Promise<CheckResult>;
  /** Whether a delivery in doubt arrived; only where the service can say so. */
  lookUp?(delivery: Delivery, signal: AbortSignal): Promise<'arrived' | 'absent' | 'unclear'>;
  /** Settings were saved: what is open by the old ones is closed. */
  changed?(): void;
  stop?(): Promise<void>;
};
