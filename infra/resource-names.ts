// The physical names of everything a stage consists of: a pure function of the stage. Names are fixed, so that runbooks and
// the CLI can say them, and so that tables left behind by a deleted stack can be taken over again.

/** All names of one stage. Every name begins with `otc-backup-<stage>`; the account secrets use slashes instead. */
export function resourceNames(stage: string) {
  const prefix = `otc-backup-${stage}`;
  return {
    stack: prefix,
    policiesTable: `${prefix}-policies`,
    ledgerTable: `${prefix}-ledger`,
    pageTopic: `${prefix}-page`,
    ticketTopic: `${prefix}-ticket`,
    alertKeyAlias: `alias/${prefix}-alerts`,
    undeliveredTicksQueue: `${prefix}-undelivered-ticks`,
    failedTicksQueue: `${prefix}-failed-ticks`,
    undeliveredAlertsQueue: `${prefix}-undelivered-alerts`,
    scheduleGroup: prefix,
    dashboard: prefix,
    /** Operators keep one secret per account under this prefix and a slash; the stack only grants reading them. */
    accountSecretPrefix: `otc-backup/${stage}/accounts`,
    functionNamed: (name: string) => `${prefix}-${name}`,
    logGroupOf: (name: string) => `/aws/lambda/${prefix}-${name}`,
    alarmNamed: (key: string) => `${prefix}-${key}`,
  } as const;
}

export type ResourceNames = ReturnType<typeof resourceNames>;
