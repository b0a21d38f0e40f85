// The thread that owns the log file: commits, trims, probes and reads, one message at a time. Started by log-worker.ts.
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { BrokerSettingsError } from '../start-error.ts';
import { Appender } from './appender.ts';
import { lockFolder } from './folder-lock.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { LogReader } from './log-reader.ts';
import type { FromWorker, ToWorker, WorkerTask } from './messages.ts';
import { messageOf } from './sqlite-error.ts';
import { Trimmer } from './trimmer.ts';

/** Bytes that a probe writes: more than a page or two that happen to be free. */
const PROBE_BYTES = 65_536;

const task = workerData as WorkerTask;

function answer(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

function probe(database: DatabaseSync): string | undefined {
  try {
    database.exec(`INSERT OR REPLACE INTO probe VALUES (1, zeroblob(${PROBE_BYTES})); DELETE FROM probe;`);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function serve(lock: DatabaseSync, file: LogFile): void {
  const appender = new Appender(file);
  const trimmer = new Trimmer(file, appender.grown);
  const reader = new LogReader(file);

  function close(): void {
    file.database.close();
    lock.close();
    // Ends the thread: nothing else holds it.
    parentPort?.close();
  }

  parentPort?.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'append': {
        const result = appender.append(message.events);
        answer(result);
        if (result.type === 'unclear-append') close();
        break;
      }
      case 'trim':
        try {
          answer({ type: 'trimmed', ...trimmer.trim(message.now) });
        } catch {
          // Full or failing: publishes tell so themselves, and the next trim tries again.
          answer({ type: 'trimmed', removed: 0, more: false });
        }
        break;
      case 'probe':
        answer({ type: 'probed', failure: probe(file.database) });
        break;
      case 'ask': {
        const found = reader.answer(message.question);
        answer({ type: 'answer', answer: found }, found.type === 'chunk' ? [found.bytes] : []);
        break;
      }
      case 'close':
        close();
        break;
      default:
        message satisfies never;
    }
  });

  answer({
    type: 'opened',
    epochs: new Map([...file.logs.values()].map(({ name, epoch }) => [name, epoch])),
    last: appender.last(),
    missed: task.after === undefined ? [] : appender.after(task.after),
  });
}

let lock: DatabaseSync | undefined;
try {
  lock = lockFolder(task.folder);
  serve(lock, openLogFile(task.folder, task.topics, task.now, task.maxFileBytes));
} catch (error) {
  lock?.close();
  if (error instanceof BrokerSettingsError) answer({ type: 'refused', problem: error.problem, fix: error.fix });
  else answer({ type: 'unopened', reason: messageOf(error) });
  parentPort?.close();
}
