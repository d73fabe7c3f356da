// Rows that nobody should write and somebody will: each is invalid, and none may matter to another policy.

interface HostileRow {
  readonly policyId: string;
  readonly row: Readonly<Record<string, unknown>>;
}

const valid = {
  account: "alpha",
  instanceIds: ["0a0e000154844b18a0e9d2f8d85fa29bin03"],
  schedule: "30 2 * * *",
};

function hostile(policyId: string, changes: Readonly<Record<string, unknown>>): HostileRow {
  return { policyId, row: { ...valid, policyId, ...changes } };
}

function nested(depth: number): unknown {
  return depth === 0 ? "deep" : { inner: nested(depth - 1) };
}

export const hostileRows: readonly HostileRow[] = [
  hostile("bad-schedule", { schedule: "30 25 * * *" }),
  hostile("bad-number-schedule", { schedule: 12 }),
  hostile("bad-cron-bomb", { schedule: "* * * * *" }),
  hostile("bad-never", { schedule: "0 0 31 2 *" }),
  hostile("bad-zone", { timezone: "Europe/Atlantis" }),
  hostile("bad-instances", { instanceIds: { not: "a list" } }),
  hostile("bad-instance-path", { instanceIds: ["../../v3/instances"] }),
  hostile("bad-empty", { instanceIds: [] }),
  hostile("bad-account", { account: "https://rds.example.invalid" }),
  hostile("bad-retention", { retention: { keepLast: 0 } }),
  hostile("bad-window", { startWindowMinutes: -5 }),
  hostile("bad-nothing", { account: undefined, instanceIds: undefined, schedule: undefined }),
  hostile("bad-deep", { schedule: nested(25) }),
  hostile("bad-long", { schedule: "x".repeat(20_000) }),
  hostile("bad-prototype", JSON.parse('{"__proto__": {"enabled": true}, "schedule": null}')),
  hostile("BAD_ID", {}),
  hostile("bad id with spaces\nand lines", {}),
];
