#!/usr/bin/env bash
# tsdav 2.3.4: fetchAddressBooks() resolves with an empty list when the server answers 401, 403, 500 or 503.
# One would have guessed a rejection: who takes the list for the truth removes every contact during an outage or after a changed password.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error tsdav@2.3.4 >/dev/null
cat >run.mjs <<'PROGRAM'
import { createServer } from 'node:http';
import { createDAVClient } from 'tsdav';

const multistatus = (href, props) =>
  `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><d:response><d:href>${href}</d:href>` +
  `<d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>`;
const answers = [
  ['current-user-principal', '/', '<d:current-user-principal><d:href>/p/</d:href></d:current-user-principal>'],
  ['addressbook-home-set', '/p/', '<c:addressbook-home-set><d:href>/p/books/</d:href></c:addressbook-home-set>'],
  ['', '/p/books/a/', '<d:displayname>A</d:displayname><d:resourcetype><d:collection/><c:addressbook/></d:resourcetype>'],
];

for (const status of [401, 403, 500, 503]) {
  let isBroken = false;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (isBroken) return response.writeHead(status).end('no');
    const [, href, props] = answers.find(([asked]) => body.includes(asked));
    return response.writeHead(207, { 'content-type': 'application/xml' }).end(multistatus(href, props));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const serverUrl = `http://127.0.0.1:${server.address().port}/`;
  const credentials = { username: 'u', password: 'p' };
  const client = await createDAVClient({ serverUrl, credentials, authMethod: 'Basic', defaultAccountType: 'carddav' });
  const before = await client.fetchAddressBooks();
  isBroken = true;
  const after = await client.fetchAddressBooks().then((books) => `resolves with ${books.length}`, () => 'rejects');
  console.log(`${before.length} address book; the server then answers ${status}: ${after}`);
  server.close();
  server.closeAllConnections();
}
PROGRAM
cat >expected <<'EXPECTED'
1 address book; the server then answers 401: resolves with 0
1 address book; the server then answers 403: resolves with 0
1 address book; the server then answers 500: resolves with 0
1 address book; the server then answers 503: resolves with 0
EXPECTED
node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Remove contacts only where the book is still listed and its cards were read.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
