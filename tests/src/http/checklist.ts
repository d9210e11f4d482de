import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Paths } from './case.ts';
import { connections, targets } from './cases-of-connections.ts';
import { framing } from './cases-of-framing.ts';
import { methodsAndVersions } from './cases-of-messages.ts';
import { exchange, type RawResponse } from './raw.ts';

/** Registers the tests of a server, over raw sockets. */
export function testChecklist(urlOf: () => string, paths: Paths): void {
  for (const { rule, bytes, methods, statuses, is, check } of [
    ...connections(paths),
    ...targets(paths),
    ...methodsAndVersions(paths),
    ...framing(paths),
  ])
    test(`RFC ${rule}`, async () => {
      const { responses, isOpen } = await exchange(
        urlOf(),
        bytes,
        methods ?? [/^\s*(\S+)/.exec(bytes)?.[1] ?? ''],
      );
      const seen = responses.map(({ status }) => status);
      assert.equal(seen.length, statuses.length, `statuses ${seen.join()}`);
      for (const [i, allowed] of statuses.entries())
        assert.ok([allowed].flat().includes(seen[i] ?? 0), `statuses ${seen.join()}`);
      for (const response of responses) checkResponse(response);
      if (is !== 'either') assert.equal(isOpen ? 'open' : 'closed', is);
      check?.(...responses);
    });
}

/** What holds for each response: Date (9110 6.6.1), no length of 1xx, 204 and of the empty body of 304 (8.6), and a problem for an error. */
function checkResponse({ status, headers, body }: RawResponse): void {
  if (status >= 200) assert.ok(Date.parse(headers.get('date') ?? '') > 0, 'Date');
  if (status < 200 || status === 204 || status === 304)
    assert.ok(!headers.has('content-length') && !headers.has('transfer-encoding'), 'length');
  if (status < 400 || body === '') return;
  assert.equal(headers.get('content-type'), 'application/problem+json');
  const { type, detail, requestId, ...problem } = JSON.parse(body);
  assert.equal(problem.status, status);
  assert.match(type, /^urn:tandem:problem:[a-z-]+$/);
  assert.match(detail, /^[A-Z].*\.$/, 'the detail is a sentence');
  assert.equal(requestId, headers.get('x-request-id'));
}
