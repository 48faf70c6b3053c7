/** Where things are in the panel, below its base, for links from outside; panel/src/routes.ts reads them. */
export const panelPaths = {
  call: (id: string) => pathTo('calls', id),
  voicemail: (id: string) => pathTo('voicemail', id),
  conversation: (id: string) => pathTo('messages', id),
  alerts: () => 'alerts',
  notifications: () => 'notifications',
} as const;

function pathTo(page: string, id: string): string {
  return `${page}/${encodeURIComponent(id)}`;
}
