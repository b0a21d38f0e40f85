import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AdapterUnderTest, RunningServer } from './adapter-under-test.ts';
import { memoryAdapter } from './adapters/memory.ts';
import { sqliteDurableAdapter } from './adapters/sqlite.ts';
import { Bench } from './bench.ts';
import { type Fault, faultsOfAny, faultsOfLogs } from './broken-brokers.ts';
import { faultsOfHandOvers } from './broken-hand-overs.ts';
import { faultsOfHistories } from './broken-histories.ts';
import { contractRules } from './contract.ts';

/** The contract is itself tested: a rule that no broken broker can break proves nothing. */
function seesFaults(adapter: AdapterUnderTest, faults: readonly Fault[]): void {
  describe(`the contract on a broken ${adapter.name}`, () => {
    let server: RunningServer | undefined;
    before(async () => {
      server = await adapter.start();
    });
    after(() => server?.stop());

    for (const { fault, seenBy, breakIt } of faults) {
      test(`${fault} turns red: ${seenBy}`, async () => {
        assert.ok(server);
        const working = server;
        const { history } = working;
        const broken: RunningServer = {
          ...working,
          create: (environment) => breakIt(working.create(environment)),
          history: history.can
            ? { ...history, reopen: (environment) => breakIt(history.reopen(environment)) }
            : history,
        };
        const rules = contractRules.filter(({ name }) => name.startsWith(seenBy));
        assert.equal(rules.length, 1, 'the rule has one name');
        for (const rule of rules) {
          const bench = new Bench(adapter, broken, 1_500);
          assert.equal(rule.unfit?.(bench), undefined);
          await assert.rejects(rule.run(bench));
          await bench.done();
        }
      });
    }
  });
}

seesFaults(memoryAdapter, faultsOfAny);
seesFaults(sqliteDurableAdapter, [...faultsOfAny, ...faultsOfLogs, ...faultsOfHistories, ...faultsOfHandOvers]);
