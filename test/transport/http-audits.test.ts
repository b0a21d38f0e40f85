import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Audit, serverAudits } from 'graphql-http';
import { type RunningGateway, startTestGateway } from '../gateway/running-gateway.ts';

describe('the audits of graphql-http', () => {
  let gateway: RunningGateway;
  before(async () => {
    gateway = await startTestGateway();
  });
  after(() => gateway.stop());

  // The audits ask for the URL only when they run.
  const audits: readonly Audit[] = serverAudits({ url: () => gateway.url });

  it('P70: there are 61', () => {
    assert.equal(audits.length, 61);
  });

  for (const { id, name, fn } of audits) {
    it(`P70: ${id} ${name}`, async () => {
      const result = await fn();
      assert.equal(result.status, 'ok', 'reason' in result ? result.reason : '');
    });
  }
});
