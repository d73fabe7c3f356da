// What a cost is made of: prices with their source, and counts that the bench has measured. Data only; cost.ts multiplies.

/**
 * US dollars, published list prices of us-east-1 without free tiers, and where to look them up: do so before relying on a cent.
 * eu-central-1 is up to a fifth higher.
 */
export const prices = {
  recordedAt: "2026-11-25",
  perMillionWriteUnits: { usd: 0.625, source: "https://aws.amazon.com/dynamodb/pricing/on-demand/" },
  perMillionReadUnits: { usd: 0.125, source: "https://aws.amazon.com/dynamodb/pricing/on-demand/" },
  perMillionInvocations: { usd: 0.2, source: "https://aws.amazon.com/lambda/pricing/" },
  perGigabyteSecond: { usd: 0.0000133334, source: "https://aws.amazon.com/lambda/pricing/ (arm64)" },
  perMillionScheduledTicks: { usd: 1, source: "https://aws.amazon.com/eventbridge/pricing/" },
  perGigabyteOfLogs: { usd: 0.5, source: "https://aws.amazon.com/cloudwatch/pricing/" },
  perMetricAndMonth: { usd: 0.3, source: "https://aws.amazon.com/cloudwatch/pricing/" },
  perAlarmAndMonth: { usd: 0.1, source: "https://aws.amazon.com/cloudwatch/pricing/" },
  perSecretAndMonth: { usd: 0.4, source: "https://aws.amazon.com/secrets-manager/pricing/" },
  perKeyAndMonth: { usd: 1, source: "https://aws.amazon.com/kms/pricing/" },
} as const;

/** From `npm run bench -- --fleets 1000 --ceilings 200 --virtual "" --policies 20000 --no-bundles`. */
export const measured = {
  measuredAt: "2026-11-25",
  writeUnitsPerBackup: 8.1,
  readUnitsPerBackup: 10,
  otcCallsPerBackup: 2.4,
  secondsPerThousandRows: 0.21,
} as const;

/** What was not measured, with the reason for the figure. */
export const assumed = {
  nights: 30,
  ticksPerMonth: 43_200,
  auditsPerMonth: 8640,
  prunesPerMonth: 720,
  memoryGb: 0.5,
  /** A row of half a kilobyte, read consistently, as every tick of create-backups does. */
  readUnitsPerRowAndTick: 0.125,
  /** An audit reads the row and the runs of its freshness target (docs/architecture.md). */
  readUnitsPerRowAndAudit: 1.5,
  /** A tick that finds nothing: reading a few records and closing the books. */
  secondsPerIdleTick: 0.3,
  /** Waiting for OTC included: eight requests of 250 ms side by side at ten a second. */
  secondsPerBackup: 0.2,
  /** Three lines of a run's way, about 500 bytes each, and its share of the tick's own lines. */
  logBytesPerBackup: 2000,
  logBytesPerTick: 700,
  alarms: 63,
  secrets: 2,
} as const;
