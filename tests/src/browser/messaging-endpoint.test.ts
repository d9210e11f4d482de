import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import type { Browser, Page } from 'playwright-core';
import { openClients, receiveAll, startMessaging } from '../support/messaging.ts';
import { openBrowser, withoutChromium } from './browser.ts';

/** Name of the attacker's site, which resolves to this machine in the browser: the page has an origin of its own. */
const EVIL = 'evil.example';
const QUEUE = 'cart-product-updates-queue';

const publish = {
  Action: 'Publish',
  TopicArn: topicArn('product-events-topic'),
  Message: 'forged',
  'MessageAttributes.entry.1.Name': 'eventType',
  'MessageAttributes.entry.1.Value.DataType': 'String',
  'MessageAttributes.entry.1.Value.StringValue': 'ProductUpdated',
};

async function serve(t: { after: (fn: () => void) => void }, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A page of the attacker, then the endpoint: what a name shows that is rebound after the page has arrived. */
function rebindTo(endpoint: string, change = (headers: IncomingHttpHeaders) => headers): RequestListener {
  return (incoming, response) => {
    const { method, url: path, headers } = incoming;
    if (method === 'GET')
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    const outgoing = request(endpoint, { method, path, headers: change(headers) }, (received) => {
      response.writeHead(received.statusCode ?? 502, received.headers);
      received.pipe(response);
    });
    return incoming.pipe(outgoing);
  };
}

/** Removes from a request what the guard looks at, as if there were none: each attack must then succeed. */
const withoutGuard =
  (endpoint: string) =>
  ({
    origin: _o,
    referer: _r,
    'sec-fetch-site': _s,
    ...headers
  }: IncomingHttpHeaders): IncomingHttpHeaders => ({
    ...headers,
    host: new URL(endpoint).host,
  });

/** Attack of a page; `reads` if it succeeds by what it reads, else by the message that it publishes. */
interface Attack {
  readonly name: string;
  readonly reads?: boolean;
  readonly isRebound?: boolean;
  /** Performs the attack on `target`; resolves to what the page could read. */
  readonly run: (page: Page, target: string) => Promise<string>;
}

const fieldsOf = Object.entries(publish)
  .map(([name, value]) => `<input name="${name}" value="${value}">`)
  .join('');

/** Submits a form that the page contains, and waits for the response. */
async function submitForm(page: Page, target: string, frame?: string): Promise<string> {
  const iframe = frame === undefined ? '' : `<iframe name="${frame}" hidden></iframe>`;
  const responded = page.waitForEvent('requestfinished', (sent) => sent.url() === `${target}/`);
  await page.setContent(
    `${iframe}<form method="post" action="${target}/" target="${frame ?? '_self'}">${fieldsOf}</form>`,
  );
  await page.evaluate('document.forms[0].submit()');
  await responded;
  return '';
}

/** Sends a request from the page; resolves to the text of the response, or the reason why the page cannot read it. */
const fetchFrom = (page: Page, url: string, init: object) =>
  page.evaluate<string>(
    `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then((r) => r.text(), String)`,
  );

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const sqs = (action: string, body: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
  body: JSON.stringify(body),
});
const post = { method: 'POST', headers: form, body: String(new URLSearchParams(publish)) };
const receive = sqs('ReceiveMessage', {
  QueueUrl: queueUrl('http://localhost', QUEUE),
  VisibilityTimeout: 0,
});

const attacks: readonly Attack[] = [
  { name: 'a form in the page', run: (page, target) => submitForm(page, target) },
  { name: 'a form in a hidden iframe', run: (page, target) => submitForm(page, target, 'hidden') },
  { name: 'fetch in mode cors', run: (page, target) => fetchFrom(page, `${target}/`, post) },
  {
    name: 'fetch in mode no-cors',
    run: (page, target) => fetchFrom(page, `${target}/`, { ...post, mode: 'no-cors' }),
  },
  { name: 'publishing by a rebound name', isRebound: true, run: (page) => fetchFrom(page, '/', post) },
  {
    name: 'listing by a rebound name',
    isRebound: true,
    reads: true,
    run: (page) => fetchFrom(page, '/', sqs('ListQueues', {})),
  },
  {
    name: 'receiving by a rebound name',
    isRebound: true,
    reads: true,
    run: (page) => fetchFrom(page, '/', receive),
  },
];

test('a page on another origin (security 5)', { skip: withoutChromium, timeout: 120_000 }, async (t) => {
  await using messaging = await startMessaging();
  const { endpoint } = messaging;
  using clients = openClients(endpoint);
  const QueueUrl = queueUrl(endpoint, QUEUE);
  const guarded = await serve(t, rebindTo(endpoint));
  const unguarded = await serve(t, rebindTo(endpoint, withoutGuard(endpoint)));
  await using browser: Browser = await openBrowser(`--host-resolver-rules=MAP ${EVIL} 127.0.0.1`);

  /** Whether an attack publishes a message, or reads a message or the queues. */
  const succeeds = async ({ run, reads = false, isRebound = false }: Attack, target: string) => {
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'secret' }));
    await using context = await browser.newContext();
    const page = await context.newPage();
    // The port that a page is served at matters only if its name is rebound.
    const site = new URL(isRebound ? target : guarded);
    site.hostname = EVIL;
    await page.goto(String(site));
    const seen = await run(page, target);
    const bodies = (await receiveAll(clients.sqs, QueueUrl)).map(({ Body }) => Body);
    assert.ok(bodies.includes('secret'));
    return reads ? seen.includes('secret') || seen.includes(QUEUE) : bodies.includes('forged');
  };

  for (const attack of attacks) {
    await t.test(`cannot use SNS and SQS by ${attack.name}`, async () => {
      assert.equal(await succeeds(attack, attack.isRebound ? guarded : endpoint), false);
      assert.equal(await succeeds(attack, unguarded), true, 'the attack must succeed without the guard');
    });
  }
  await t.test('cannot list or receive by fetch with a preflight', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(guarded.replace('127.0.0.1', EVIL));
    for (const init of [receive, sqs('ListQueues', {})])
      assert.match(await fetchFrom(page, `${endpoint}/`, init), /^TypeError: Failed to fetch/);
  });
});
