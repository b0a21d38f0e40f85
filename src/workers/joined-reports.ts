import type { BrokerHealth, HealthReport, Readiness } from '../admin/health.ts';
import type { ProcessReport } from '../admin/process-report.ts';
import type { BrokerName } from '../broker/port.ts';

/** What a worker says. */
export interface WorkerReport {
  /** From 1. */
  readonly worker: number;
  /** Did it answer in time? False for one that does not serve, too. */
  readonly answered: boolean;
  /** Its newest report, which may be an older one when it did not answer; undefined when it does not serve. */
  readonly report: ProcessReport | undefined;
}

/** Ready when every worker is. Pure. */
export function joinedReadiness(workers: readonly WorkerReport[], draining: boolean): Readiness {
  if (draining) return { ready: false, reason: 'draining' };
  const missing = workers.filter(({ answered }) => !answered).map(({ worker }) => worker);
  if (missing.length > 0) return { ready: false, reason: `waiting for worker ${missing.join(', ')}` };
  const told = workers.flatMap(({ worker, report }) => (report === undefined ? [] : [{ worker, ...report.readiness }]));
  // The first that is not ready, else the first that has something to add.
  const chosen = told.find(({ ready }) => !ready) ?? told.find(({ reason }) => reason !== undefined);
  if (chosen === undefined) return { ready: true };
  return { ready: chosen.ready, reason: `worker ${chosen.worker}: ${chosen.reason ?? 'not ready'}` };
}

/** Healthy when every worker is there and sees every broker; of each broker the worst that a worker says. Pure. */
export function joinedHealth(workers: readonly WorkerReport[]): HealthReport {
  const brokers: Partial<Record<BrokerName, BrokerHealth>> = {};
  let healthy = true;
  let ready = 0;
  for (const { worker, answered, report } of workers) {
    if (!answered || report === undefined) {
      healthy = false;
      continue;
    }
    ready += 1;
    healthy &&= report.health.healthy;
    for (const [name, seen] of Object.entries(report.health.brokers) as [BrokerName, BrokerHealth][]) {
      const known = brokers[name];
      if (known !== undefined && !isWorse(seen, known)) continue;
      brokers[name] = { ...seen, ...(seen.detail === undefined ? {} : { detail: `worker ${worker}: ${seen.detail}` }) };
    }
  }
  return { healthy, brokers, workers: { expected: workers.length, ready } };
}

function isWorse(one: BrokerHealth, other: BrokerHealth): boolean {
  return one.status !== 'up' && other.status === 'up';
}
