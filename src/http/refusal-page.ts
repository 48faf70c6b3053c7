import type { Context } from 'koa';

/** Whether a person looks at the answer: it is a page that they opened, not a request of a program or of the panel. */
export function isOpenedByPerson({ method, path, header }: Pick<Context, 'method' | 'path' | 'header'>): boolean {
  const isApi = path === '/api' || path.startsWith('/api/');
  return method === 'GET' && !isApi && (header.accept ?? '').includes('text/html');
}

/** Why they cannot come in. It loads nothing and runs no script. */
export function renderRefusal(message: string): string {
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>GoSIP</title></head>
<body><main><h1>GoSIP</h1><p>${text}</p></main></body>
</html>
`;
}
