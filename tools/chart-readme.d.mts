/** Types of chart-readme.mjs, where each function is described. */
export interface ValueRow {
  readonly name: string;
  readonly fallback: string | undefined;
  readonly description: string;
}
export declare const CHART_README: string;
export declare function chartReadme(): Promise<string>;
export declare function valueRows(
  values: object,
  schema: object,
  comments: ReadonlyMap<string, string>,
  above?: string,
): ValueRow[];
export declare function valueComments(text: string): Map<string, string>;
