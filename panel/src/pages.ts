import { html } from 'lit';
import type { Place } from './routes.ts';
import type { Session } from './session.ts';

type Screen = Place['page'] | Session['kind'];

const files: Partial<Record<Screen, () => Promise<unknown>>> = {
  'sign-in': () => import('./pages/sign-in.ts'),
  'set-up': () => import('./pages/set-up.ts'),
  dashboard: () => import('./pages/dashboard.ts'),
  calls: () => import('./pages/calls.ts'),
  phones: () => import('./pages/phones.ts'),
  people: () => import('./pages/people.ts'),
  'home-assistant': () => import('./pages/home-assistant.ts'),
  missing: () => import('./pages/missing.ts'),
  ...(import.meta.env.DEV ? { design: () => import('./pages/design.ts') } : { design: () => import('./pages/missing.ts') }),
};

export async function loadPage(screen: Screen): Promise<void> {
  await files[screen]?.();
}

export function renderPage({ page, id }: Place) {
  switch (page) {
    case 'dashboard':
      return html`<gosip-dashboard></gosip-dashboard>`;
    case 'calls':
      return html`<gosip-calls .openId=${id}></gosip-calls>`;
    case 'phones':
      return html`<gosip-phones .openId=${id}></gosip-phones>`;
    case 'people':
      return html`<gosip-people .openId=${id}></gosip-people>`;
    case 'home-assistant':
      return html`<gosip-home-assistant></gosip-home-assistant>`;
    case 'design':
      return import.meta.env.DEV ? html`<gosip-design></gosip-design>` : html`<gosip-missing></gosip-missing>`;
    case 'missing':
      return html`<gosip-missing></gosip-missing>`;
  }
}
