import type { Logger } from '../../log/logger.ts';
import type { SingleOperation } from '../../operation/port.ts';
import { maskUnexpected } from '../../operation/unexpected.ts';
import { completeMessage, errorMessage, nextMessage } from './server-message.ts';

/** Runs a query or mutation and resolves with the messages that answer it (P21). Never rejects. */
export async function answerSingle(id: string, operation: SingleOperation, log: Logger): Promise<readonly string[]> {
  try {
    return [nextMessage(id, await operation.run()), completeMessage(id)];
  } catch (error) {
    // The port says that it never rejects: a bug, but not one to lose the process for.
    return [errorMessage(id, [maskUnexpected(error, log)])];
  }
}
