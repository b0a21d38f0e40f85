import { StartError } from '../error/start-error.ts';
import { ListenError, PortInUseError } from './port-in-use.ts';

/** A listener's failure as the operator should read it; an error that is none of theirs comes back as it is. */
export function portProblem(error: unknown, host: string, port: number, flag: string): unknown {
  const inUse =
    error instanceof PortInUseError || (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  if (error instanceof ListenError) return new StartError([error.message]);
  if (!inUse) return error;
  return new StartError([
    `Port ${port} on ${host} is in use. Stop the other program, or choose another port with ${flag}.`,
  ]);
}
