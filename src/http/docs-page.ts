import { createHash } from 'node:crypto';

type Json = { readonly [key: string]: unknown };

export type DocsPage = { readonly html: string; readonly contentSecurityPolicy: string };

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
details { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 8px; margin: .5rem 0; padding: .25rem .75rem; }
summary { cursor: pointer; min-height: 2rem; }
code, pre { font: 0.9rem/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; }
.method { display: inline-block; min-width: 4.5rem; font-weight: bold; }
.access { float: right; }
`;

/** A page that shows the API; made of this one text, it loads nothing and runs no script. */
export function renderDocs(api: Json): DocsPage {
  const info = objectOf(api['info']);
  const operations = Object.entries(objectOf(api['paths'])).flatMap(([path, methods]) =>
    Object.entries(objectOf(methods)).map(([method, operation]) => renderOperation(method, path, objectOf(operation))),
  );
  const schemas = Object.entries(objectOf(objectOf(api['components'])['schemas'])).map(
    ([name, schema]) =>
      `<details id="${escape(name)}"><summary><code>${escape(name)}</code></summary>${renderJson(schema)}</details>`,
  );
  const title = `${textOf(info['title'])} API ${textOf(info['version'])}`;
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${style}</style></head>
<body>
<main>
<h1>${escape(title)}</h1>
<p>${escape(textOf(info['description']))} The same as a file: <a href="openapi.json">openapi.json</a>.</p>
<p>Send <code>Authorization: Bearer</code> and an API token with every request.</p>
<h2>Endpoints</h2>
${operations.join('\n')}
<h2>Shapes</h2>
${schemas.join('\n')}
</main>
</body>
</html>
`;
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    html,
    contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  };
}

function renderOperation(method: string, path: string, operation: Json): string {
  const { operationId: _id, summary, tags: _tags, 'x-access': access, ...rest } = operation;
  return (
    `<details><summary><span class="method">${escape(method.toUpperCase())}</span> <code>/api${escape(path)}</code>` +
    `<span class="access">${escape(textOf(access))}</span></summary><p>${escape(textOf(summary))}</p>${renderJson(rest)}</details>`
  );
}

function renderJson(value: unknown): string {
  return `<pre tabindex="0">${escape(JSON.stringify(value, null, 2))}</pre>`;
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
