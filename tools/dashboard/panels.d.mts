/** Types of panels.mjs, where each function is described. */
export interface Panel {
  readonly title: string;
  readonly row: string;
  readonly type: 'timeseries' | 'stat';
  readonly unit: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}
export declare const DASHBOARDS: string;
export declare function readPanels(file: string): readonly Panel[];
export declare function filledIn(expr: string, rateInterval: string): string;
