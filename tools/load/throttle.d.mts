export function startThrottle(url: string): Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
