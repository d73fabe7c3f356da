/**
 * What the simulator has been asked: counts by operation and status for ever, single calls for a while. Never holds headers, so no
 * token, password or signature can end up here.
 */

export interface LoggedCall {
  at: number;
  operation: string;
  method: string;
  /** Path and query as sent. */
  path: string;
  /** 0 when the connection was cut instead of answered. */
  status: number;
  projectId: string | undefined;
  region: string | undefined;
  instanceId: string | undefined;
  name: string | undefined;
  user: string | undefined;
  fault: string | undefined;
}

const KEPT_CALLS = 20_000;

export class CallLog {
  private calls: LoggedCall[] = [];
  private counted: Record<string, Record<string, number>> = {};
  private totalCount = 0;
  private readonly listeners: Array<(call: LoggedCall) => void> = [];

  /** Calls `listener` with every call from now on. */
  onCall(listener: (call: LoggedCall) => void): void {
    this.listeners.push(listener);
  }

  add(call: LoggedCall): void {
    this.totalCount += 1;
    const byStatus = this.counted[call.operation] ?? {};
    byStatus[call.status] = (byStatus[call.status] ?? 0) + 1;
    this.counted[call.operation] = byStatus;
    this.calls.push(call);
    for (const listener of this.listeners) listener(call);
    // Cut in blocks, so that a full log does not move its whole content with every call.
    if (this.calls.length >= 2 * KEPT_CALLS) this.calls = this.calls.slice(-KEPT_CALLS);
  }

  total(): number {
    return this.totalCount;
  }

  /** operation → status → number of calls; status "0" stands for cut connections. */
  counts(): Record<string, Record<string, number>> {
    return structuredClone(this.counted);
  }

  /** The latest calls, oldest first. */
  recent(limit: number): LoggedCall[] {
    return this.calls.slice(-Math.min(limit, KEPT_CALLS));
  }

  clear(): void {
    this.calls = [];
    this.counted = {};
    this.totalCount = 0;
  }
}
