import type { Config } from '../config/config.ts';
import { startWorkerGateway, type WorkerGateway } from '../gateway.ts';
import type { LogThreshold } from '../log/log-threshold.ts';
import type { Logger } from '../log/logger.ts';
import { withFields } from '../log/with-fields.ts';
import type { Order, WorkerTask } from './messages.ts';
import type { Orders } from './orders.ts';
import { problemsOf } from './problems-of.ts';

/** A worker that lost its primary gives its clients this long, in milliseconds: the port must be free for the next server. */
const ORPHAN_DEADLINE_MS = 1_000;

/** How a worker ended: drained as it was told, refused to start, or lost its primary. */
export type WorkerEnd = 'drained' | 'refused' | 'orphaned';

/** Serves as one worker, as its primary orders; `threshold` is that of the log. Resolves when the process should end; rejects for a bug. */
export function runWorker(orders: Orders, log: Logger, threshold: LogThreshold): Promise<WorkerEnd> {
  const { promise, resolve, reject } = Promise.withResolvers<WorkerEnd>();
  let starting: Promise<WorkerGateway | undefined> | undefined;
  let draining = false;

  async function end(deadlineMs: number, how: WorkerEnd, spreadMs?: number): Promise<void> {
    draining = true;
    const gateway = await starting;
    await gateway?.close(deadlineMs, spreadMs);
    resolve(how);
  }

  function obey(order: Order): void {
    switch (order.type) {
      case 'start':
        threshold.level = order.task.config.logLevel;
        starting = start(order.task, orders, log);
        starting.then((gateway) => gateway ?? resolve('refused'), reject);
        return;
      case 'report':
        answer(starting, orders).catch(reject);
        return;
      case 'reload':
        reload(starting, order.config, order.schemaText, log).catch(reject);
        return;
      case 'log-level':
        threshold.level = order.level;
        return;
      case 'drain':
        end(order.deadlineMs, 'drained').catch(reject);
        return;
      default:
        throw order satisfies never;
    }
  }

  orders.onOrder(obey);
  orders.onLost(() => {
    // Whoever ended the primary while it drained wants an end at once.
    if (draining) resolve('orphaned');
    else end(ORPHAN_DEADLINE_MS, 'orphaned', 0).catch(reject);
  });
  return promise;
}

async function start(task: WorkerTask, orders: Orders, log: Logger): Promise<WorkerGateway | undefined> {
  try {
    const gateway = await startWorkerGateway(task.config, withFields(log, { worker: task.number }), task);
    orders.tell({ type: 'ready' });
    return gateway;
  } catch (error) {
    const problems = problemsOf(error);
    if (problems === undefined) throw error;
    orders.tell({ type: 'refused', problems });
    return undefined;
  }
}

async function reload(
  starting: Promise<WorkerGateway | undefined> | undefined,
  config: Config,
  schemaText: string,
  log: Logger,
): Promise<void> {
  const gateway = await starting;
  try {
    await gateway?.reload(config, schemaText);
  } catch (error) {
    const problems = problemsOf(error);
    if (problems === undefined) throw error;
    for (const problem of problems) log.error('not reloaded: this worker serves the old schema on', { problem });
  }
}

async function answer(starting: Promise<WorkerGateway | undefined> | undefined, orders: Orders): Promise<void> {
  const gateway = await starting;
  if (gateway !== undefined) orders.tell({ type: 'report', report: await gateway.report() });
}
