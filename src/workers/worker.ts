import { StartError } from '../error/start-error.ts';
import { startWorkerGateway, type WorkerGateway } from '../gateway.ts';
import type { Logger } from '../log/logger.ts';
import { withFields } from '../log/with-fields.ts';
import { SchemaError } from '../schema/schema-error.ts';
import type { Order, WorkerTask } from './messages.ts';
import type { Orders } from './orders.ts';

/** A worker that lost its primary gives its clients this long, in milliseconds: the port must be free for the next server. */
const ORPHAN_DEADLINE_MS = 1_000;

/** How a worker ended: drained as it was told, refused to start, or lost its primary. */
export type WorkerEnd = 'drained' | 'refused' | 'orphaned';

/** Serves as one worker, as its primary orders. Resolves when the process should end; rejects for a bug. */
export function runWorker(orders: Orders, log: Logger): Promise<WorkerEnd> {
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
        starting = start(order.task, orders, log);
        starting.then((gateway) => gateway ?? resolve('refused'), reject);
        return;
      case 'report':
        answer(starting, orders).catch(reject);
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
    if (error instanceof StartError) orders.tell({ type: 'refused', problems: error.problems });
    else if (error instanceof SchemaError) {
      orders.tell({ type: 'refused', problems: error.problems.map(({ message, fix }) => `${message}. ${fix}`) });
    } else throw error;
    return undefined;
  }
}

async function answer(starting: Promise<WorkerGateway | undefined> | undefined, orders: Orders): Promise<void> {
  const gateway = await starting;
  if (gateway !== undefined) orders.tell({ type: 'report', report: await gateway.report() });
}
