// A gateway in a process of its own, to be fuzzed: embedded brokers, the earthquake schema. Speaks with its parent by messages.

import { LocalTails } from '../../src/broker/local/tails.ts';
import type { Logger } from '../../src/log/logger.ts';
import { startTestGateway } from '../gateway/running-gateway.ts';
import type { ServerMessage, ServerQuestion } from './server-messages.ts';

function tell(message: ServerMessage): void {
  process.send?.(message);
}

const say = (message: string, fields: object = {}): string => `${message} ${JSON.stringify(fields)}`;
/** Whatever the gateway calls an error is a problem: clients cannot cause one. */
const log: Logger = {
  info() {},
  warn() {},
  error: (message, fields) => tell({ type: 'problem', text: say(message, fields) }),
};
process.on('unhandledRejection', (error) => tell({ type: 'problem', text: `unhandled rejection: ${String(error)}` }));
process.on('uncaughtException', (error) =>
  tell({ type: 'problem', text: `uncaught: ${error.stack ?? String(error)}` }),
);

/** Tails that are open on the embedded brokers now. */
const tails = countTails();

function countTails(): { open: number } {
  const count = { open: 0 };
  const { open } = LocalTails.prototype;
  LocalTails.prototype.open = function opened(...parameters) {
    const tail = open.apply(this, parameters);
    count.open += 1;
    const close = tail.close.bind(tail);
    tail.close = () => {
      if (!tail.closed) count.open -= 1;
      close();
    };
    return tail;
  };
  return count;
}

const gateway = await startTestGateway({}, log);

async function stop(): Promise<void> {
  await gateway.stop();
  process.disconnect();
}

function report(): void {
  // Twice: what finalizers let go is collected by the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  tell({ type: 'memory', heapUsed, external, rss, tails: tails.open });
}

process.on('message', (question: ServerQuestion) => {
  switch (question.type) {
    case 'memory':
      report();
      break;
    case 'stop':
      void stop();
      break;
    default:
      throw question satisfies never;
  }
});
// Without a parent there is nobody to serve.
process.on('disconnect', () => process.exit());

tell({ type: 'ready', url: gateway.url, adminUrl: gateway.adminUrl });
