import { after, before, describe, test } from 'node:test';
import type { AdapterUnderTest, RunningServer } from './adapter-under-test.ts';
import { Bench } from './bench.ts';
import type { Rule } from './rule.ts';
import { faultRules } from './rules/faults.ts';
import { foreignRules } from './rules/foreign.ts';
import { historyAwayRules } from './rules/history/away.ts';
import { handOverRules } from './rules/history/hand-over.ts';
import { locateRules } from './rules/history/locate.ts';
import { lossRules } from './rules/history/loss.ts';
import { readRules } from './rules/history/read.ts';
import { readBackwardsRules } from './rules/history/read-backwards.ts';
import { resumeRules } from './rules/history/resume.ts';
import { lifecycleRules } from './rules/lifecycle.ts';
import { orderRules } from './rules/order.ts';
import { payloadRules } from './rules/payloads.ts';
import { proxyRules } from './rules/proxy.ts';
import { tailRules } from './rules/tails.ts';

/** Every rule that every adapter obeys, faults last because they stop the server. */
export const contractRules: readonly Rule[] = [
  ...lifecycleRules,
  ...orderRules,
  ...payloadRules,
  ...tailRules,
  ...handOverRules,
  ...locateRules,
  ...readRules,
  ...readBackwardsRules,
  ...resumeRules,
  ...lossRules,
  ...foreignRules,
  ...proxyRules,
  ...faultRules,
  ...historyAwayRules,
];

/** Runs the whole contract on one adapter with a server of its own. */
export function contractSuite(adapter: AdapterUnderTest): void {
  describe(`broker contract: ${adapter.name} as ${adapter.delivery}`, { concurrency: false }, () => {
    let server: RunningServer | undefined;

    before(
      async () => {
        server = await adapter.start();
      },
      { timeout: 180_000 },
    );

    after(async () => {
      await server?.stop();
    });

    for (const rule of contractRules) {
      test(rule.name, { timeout: 240_000 }, async (context) => {
        if (server === undefined) throw new Error('The server of this row did not start');
        const bench = new Bench(adapter, server);
        const unfit = rule.unfit?.(bench);
        if (unfit !== undefined) {
          context.skip(unfit);
          return;
        }
        try {
          await rule.run(bench);
        } finally {
          await bench.done();
        }
      });
    }
  });
}
