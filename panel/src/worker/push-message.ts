// Owns what a push becomes on the screen, and where it leads when it is pressed.
// Called by sw.ts.
// Must stay true: pure; whatever comes, something can be shown of it, for a browser that showed nothing takes the permission away.
import type { PushPayload } from '#contract/push-payload.ts';

/** What is kept with a notification until it is pressed. */
export type Kept = Pick<PushPayload, 'path' | 'page'>;

/** Those of the browser’s own options that are used; its type knows not all of them. */
export type Options = {
  readonly body: string;
  readonly tag: string;
  readonly icon: string;
  readonly badge: string;
  readonly silent: boolean;
  readonly renotify: boolean;
  readonly actions: PushPayload['actions'];
  readonly data: Kept;
};

const nothing: PushPayload = {
  title: 'GoSIP',
  body: '',
  tag: 'gosip',
  path: '',
  page: null,
  isSilent: false,
  alertsAgain: false,
  isOver: false,
  actions: [],
};

/** `text`: JSON of a PushPayload. What is missing in it, or none, is left out. */
export function payloadOf(text: string): PushPayload {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? withoutGaps(read) : nothing;
  } catch {
    return nothing;
  }
}

function withoutGaps(read: Readonly<Record<string, unknown>> | object): PushPayload {
  const given = read as Readonly<Record<string, unknown>>;
  const text = (name: 'title' | 'body' | 'tag' | 'path') => (typeof given[name] === 'string' ? given[name] : nothing[name]);
  const page = given['page'];
  const actions = Array.isArray(given['actions']) ? given['actions'].filter(isAction) : [];
  return {
    title: text('title'),
    body: text('body'),
    tag: text('tag') === '' ? nothing.tag : text('tag'),
    path: text('path'),
    page: typeof page === 'string' ? page : null,
    isSilent: given['isSilent'] === true,
    alertsAgain: given['alertsAgain'] === true,
    isOver: given['isOver'] === true,
    actions,
  };
}

function isAction(one: unknown): one is PushPayload['actions'][number] {
  return typeof one === 'object' && one !== null && 'action' in one && 'title' in one && typeof one.title === 'string';
}

/** `scope`: the folder of the panel. */
export function optionsOf({ body, tag, isSilent, alertsAgain, actions, path, page }: PushPayload, scope: string): Options {
  return {
    body,
    tag,
    icon: new URL('icon-192.png', scope).href,
    badge: new URL('badge-96.png', scope).href,
    silent: isSilent,
    renotify: alertsAgain,
    actions,
    data: { path, page },
  };
}

/** What came of a button, in the place of what had it: nothing is to be done any more, and it makes no noise. */
export function answerOf(body: string, { tag, data }: { readonly tag: string; readonly data: Kept }, scope: string): Options {
  return optionsOf({ ...nothing, ...data, body, tag, isSilent: true }, scope);
}

/** In the panel itself; nothing outside of it. */
export function addressInPanel({ path }: Kept, scope: string): string {
  const url = URL.parse(path.replace(/^\/+/, ''), scope);
  return url !== null && url.href.startsWith(scope) ? url.href : scope;
}

/** As it is opened anew: below Home Assistant where the browser came through it, for there somebody is signed in. */
export function addressToOpen(kept: Kept, scope: string): string {
  const url = kept.page === null ? null : URL.parse(kept.page, scope);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : addressInPanel(kept, scope);
}
