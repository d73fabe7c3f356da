/** Keeps repeated reads to a tenth of the calls, so that retries cannot multiply an outage. */

export interface RetryBudget {
  /** One call is being made for the first time. */
  earn(): void;
  /** Whether a retry may be made; if so it is counted. */
  spend(): boolean;
}

const SHARE = 0.1;
const MOST_SAVED = 10;

/** Starts with enough for ten retries. */
export function createRetryBudget(): RetryBudget {
  let saved = MOST_SAVED;
  return {
    earn() {
      saved = Math.min(MOST_SAVED, saved + SHARE);
    },
    spend() {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
