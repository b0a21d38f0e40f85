/** What Node's profiler gives, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples?: readonly number[];
}

/** The kind that is left out of the shares. */
export const IDLE = 'idle';

/** A profiler of a Node process that was started with `--inspect=127.0.0.1:PORT`. */
export class Profiler {
  readonly #socket: WebSocket;
  readonly #waiting: Map<number, (result: Readonly<Record<string, unknown>>) => void> = new Map();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, result, error } = JSON.parse(String(data)) as {
        readonly id?: number;
        readonly result?: Readonly<Record<string, unknown>>;
        readonly error?: unknown;
      };
      if (id === undefined) return;
      this.#waiting.get(id)?.(result ?? { error });
      this.#waiting.delete(id);
    });
  }

  static async connect(port: number): Promise<Profiler> {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await response.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
    if (target === undefined) throw new Error(`no process can be profiled at port ${port}`);
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`no connection to ${target.webSocketDebuggerUrl}`)));
    await promise;
    return new Profiler(socket);
  }

  async start(): Promise<void> {
    await this.#call('Profiler.enable');
    await this.#call('Profiler.setSamplingInterval', { interval: 500 });
    await this.#call('Profiler.start');
  }

  async stop(): Promise<CpuProfile> {
    const { profile } = await this.#call('Profiler.stop');
    this.#socket.close();
    return profile as CpuProfile;
  }

  #call(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    this.#id += 1;
    const { promise, resolve } = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    this.#waiting.set(this.#id, resolve);
    this.#socket.send(JSON.stringify({ id: this.#id, method, params }));
    return promise;
  }
}

/**
 * Samples by kind of work, as shares of those that were not idle; they sum to 1, largest first. Samples and not times: the time between
 * two holds also what the process had to wait for its core.
 */
export function shares(
  profile: CpuProfile,
  kindOf: (name: string, url: string) => string,
): ReadonlyMap<string, number> {
  const kinds = new Map(profile.nodes.map(({ id, callFrame }) => [id, kindOf(callFrame.functionName, callFrame.url)]));
  const counts = new Map<string, number>();
  let total = 0;
  for (const id of profile.samples ?? []) {
    const kind = kinds.get(id) ?? 'unknown';
    if (kind === IDLE) continue;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    total += 1;
  }
  return new Map([...counts].map(([kind, count]) => [kind, count / total] as const).sort(([, a], [, b]) => b - a));
}
