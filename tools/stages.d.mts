export declare class Stages {
  constructor(options?: { say?: (line: string) => void; now?: () => number });
  run<T>(name: string, work: (note: (text: string) => void) => Promise<T>): Promise<T | undefined>;
  skip(name: string, note: string): void;
  get ok(): boolean;
  table(): string;
}
