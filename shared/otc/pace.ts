/** How calls to one account are spaced. The client asks before each HTTP attempt and reports each answer. */
import type { OtcPriority } from "./operation.ts";

export type Turn = { readonly granted: true } | { readonly granted: false; readonly retryAt: number };

export interface Pacer {
  /** Resolves when the call may be made; refuses at once when that cannot be before `deadlineAt` (epoch milliseconds). */
  acquire(request: { priority: OtcPriority; deadlineAt?: number }): Promise<Turn>;
  report(answer: { kind: "ok" } | { kind: "throttled"; retryAfterMs?: number }): void;
}
