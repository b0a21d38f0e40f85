/** Types of picture.mjs, where each function is described. */
import type { Panel } from './panels.mjs';

export interface DrawnPanel {
  readonly panel: Panel;
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
}
export declare function dashboardPicture(
  title: string,
  drawn: readonly DrawnPanel[],
  range: { readonly start: number; readonly end: number },
): string;
export declare function shortened(value: number, unit: string): string;
