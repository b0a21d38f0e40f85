import type { JsonObject } from '../../json/value.ts';
import type { ProjectedEvent, Projection } from '../projection.ts';
import { positionCompleter } from './composite.ts';
import { executingProjection, type RootField, rootField } from './execute.ts';
import { quote } from './quote.ts';
import { NotCompilable, type ProjectionRequest } from './request.ts';
import { executeThisEvent, Run } from './run.ts';

export interface CompileRequest extends ProjectionRequest {
  /** Called at most once: the operation cannot be compiled, for this reason, and is executed for every event instead. */
  readonly onFallback?: ((reason: string) => void) | undefined;
  /** Called for each event that only graphql-js can describe, and that is executed although the operation is compiled. */
  readonly onExecuted?: (() => void) | undefined;
}

/**
 * Compiles a validated subscription operation to a projection that writes the result's JSON text directly. Equal in meaning to
 * {@link executingProjection}, which takes its place where compiling is not possible. Never changes the event. Throws for an operation
 * without exactly one root field only, which validation has refused (P80).
 */
export function compileProjection(request: CompileRequest): Projection {
  const root = rootField(request);
  let executing: Projection | undefined;
  let compiled: Projection | undefined;

  /** Prepared when it is first needed: most operations never do. */
  function execute(value: JsonObject): ProjectedEvent {
    executing ??= executingProjection(request);
    return executing(value);
  }

  function fallBack(error: unknown): void {
    compiled = undefined;
    // Anything else is a bug of this room, and the subscribers need not suffer for it.
    request.onFallback?.(error instanceof NotCompilable ? error.message : String(error));
  }

  function executeOne(value: JsonObject): ProjectedEvent {
    request.onExecuted?.();
    return execute(value);
  }

  try {
    compiled = compile(request, root, executeOne);
  } catch (error) {
    fallBack(error);
  }
  return (value) => {
    if (compiled === undefined) return execute(value);
    try {
      return compiled(value);
    } catch (error) {
      // Objects are compiled when the first value comes.
      fallBack(error);
      return execute(value);
    }
  };
}

function compile(request: ProjectionRequest, root: RootField, execute: Projection): Projection {
  const { responseKey, fieldName, nodes, parentType } = root;
  const field = parentType.getFields()[fieldName];
  if (field === undefined || field.resolve !== undefined) {
    throw new NotCompilable(`root field ${fieldName} is not a plain field`);
  }
  const place = { parentTypeName: parentType.name, fieldName, nodes };
  const complete = positionCompleter(request, field.type, place, 1);
  const prefix = `{${quote(responseKey)}:`;
  const run = new Run();
  return (value: JsonObject): ProjectedEvent => {
    let text: string | undefined;
    run.path[0] = responseKey;
    try {
      text = complete(value, run);
    } catch (error) {
      run.takeErrors();
      if (error === executeThisEvent) return execute(value);
      throw error;
    }
    return { data: text === undefined ? 'null' : `${prefix}${text}}`, errors: run.takeErrors() };
  };
}
