/** How far our clock differs from the service's, by the Date headers of its answers. */

export interface ClockSkew {
  /** One answer: when we asked, when its last byte was here, and what its Date header says. All epoch milliseconds. */
  note(answer: { readonly startedAt: number; readonly endedAt: number; readonly serverDate: number }): void;
  /** By the latest answer; positive when our clock is ahead. Nothing before the first one. */
  latestMs(): number | undefined;
}

/** A Date header leaves out the fraction of its second. */
const HEADER_PRECISION_MS = 999;

export function createClockSkew(): ClockSkew {
  let latest: number | undefined;
  return {
    note({ startedAt, endedAt, serverDate }) {
      // The header was written somewhere between question and answer: only what lies outside that span is proved to be skew.
      const ahead = startedAt - (serverDate + HEADER_PRECISION_MS);
      const behind = endedAt - serverDate;
      latest = ahead > 0 ? ahead : behind < 0 ? behind : 0;
    },
    latestMs: () => latest,
  };
}
