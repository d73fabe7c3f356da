// What a measured night amounts to: OTC's own truth (the simulator's backups and the calls it saw), what was published, and
// what went to the tables. Nothing is taken from what the functions say about themselves.

import type { TrueBackup } from "../local/simulator/control.ts";
import { type Figure, quantile } from "./figure.ts";
import type { FleetOptions, FleetSite } from "./fleet-site.ts";
import type { ScheduledProcesses } from "./scheduled-processes.ts";

export interface Night extends FleetOptions {
  readonly slotAt: number;
  readonly fleet: FleetSite;
  readonly functions: readonly ScheduledProcesses[];
  readonly peakBytes: number;
}

/** So long after the slot the rate counts as learned. */
const learningMs = 60_000;

export function nightFigures(night: Night): Figure[] {
  const { databases, permittedRate, ceiling, latencyMs, fleet, accounts = 1, shards = 1 } = night;
  const place = accounts === 1 ? "" : ` in ${accounts} accounts, ${shards} shard${shards === 1 ? "" : "s"}`;
  const group = `${databases} databases due at once${place}, OTC admits ${permittedRate}/s, our ceiling ${ceiling}/s, latency ${latencyMs} ms`;
  const ours = fleet.simulator.control
    .backups()
    .filter((backup) => backup.name.startsWith(`${fleet.namePrefix}-`) && backup.type === "manual");
  const figures = [
    ...outcomes(night, ours),
    ...callFigures(night, ours),
    ...paceFigures(night, ours),
    ...delays(night, ours),
    ...tableFigures(night, ours),
  ];
  return figures.map((figure) => ({ group, ...figure }));
}

type Ungrouped = Omit<Figure, "group">;

const goodOf = (ours: readonly TrueBackup[]) => ours.filter((backup) => backup.status === "COMPLETED").length;

function outcomes({ databases, failEvery }: Night, ours: readonly TrueBackup[]): Ungrouped[] {
  const perDatabase = [...Map.groupBy(ours, (backup) => backup.instanceId).values()];
  return [
    { name: "good backups", value: goodOf(ours), unit: "", floor: databases - Math.floor(databases / failEvery) },
    {
      name: "databases with a second backup",
      value: perDatabase.filter((list) => list.length > 1).length,
      unit: "",
      floor: 0,
      target: { of: "value", most: 0 },
    },
  ];
}

function callFigures({ fleet }: Night, ours: readonly TrueBackup[]): Ungrouped[] {
  const good = Math.max(1, goodOf(ours));
  const byOperation = [...Map.groupBy(fleet.calls, (call) => call.operation)].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  const unit = "per good backup";
  return [
    { name: "OTC calls", value: fleet.calls.length / good, unit, floor: 2, target: { of: "value", most: 3 } },
    ...byOperation.map(([operation, calls]) => ({ name: `OTC calls: ${operation}`, value: calls.length / good, unit })),
  ];
}

function paceFigures(
  { fleet, databases, permittedRate, slotAt, accounts = 1 }: Night,
  ours: readonly TrueBackup[],
): Ungrouped[] {
  const lastAt = ours.reduce((last, backup) => Math.max(last, backup.beginAt), 0);
  const seconds = (lastAt - slotAt) / 1000;
  const meanwhile = fleet.calls.filter((call) => call.at >= slotAt && call.at <= lastAt);
  const admitted = Map.groupBy(
    meanwhile.filter((call) => call.status !== 429),
    (call) => call.account,
  );
  const busiest = Math.max(...[...admitted.values()].map((list) => list.length));
  const share = (calls: FleetSite["calls"]) =>
    (100 * calls.filter((call) => call.status === 429).length) / Math.max(1, calls.length);
  const learned = fleet.calls.filter((call) => call.at > slotAt + learningMs);
  return [
    { name: "slot to last backup requested", value: seconds, unit: "s", floor: databases / accounts / permittedRate },
    // Looks at those already building take part of the same permitted rate: this is the time that no client could beat.
    {
      name: "the same against all calls made meanwhile",
      value: seconds,
      unit: "s",
      floor: busiest / permittedRate,
      ...(databases >= 10_000 ? { target: { of: "ratio" as const, most: 1.1 } } : {}),
    },
    { name: "answered 429", value: share(fleet.calls), unit: "% of calls", floor: 0 },
    {
      name: "answered 429 after the first minute",
      value: share(learned),
      unit: "% of calls",
      floor: 0,
      target: { of: "value", most: 2 },
    },
  ];
}

function delays({ fleet, pollBoundSeconds }: Night, ours: readonly TrueBackup[]): Ungrouped[] {
  const failed = ours.filter((backup) => backup.status === "FAILED");
  const told = failed.flatMap((backup) => {
    const notice = fleet.notices.find(
      ({ at, text }) =>
        at >= (backup.endAt ?? 0) && /backup-failed|attempt-failed/.test(text) && text.includes(backup.instanceId),
    );
    return notice === undefined ? [] : [(notice.at - (backup.endAt ?? 0)) / 1000];
  });
  const never: Ungrouped = {
    name: "failures never told",
    ...{ value: failed.length - told.length, unit: "", floor: 0, target: { of: "value", most: 0 } },
  };
  // Where nothing failed there is no delay, not one of 0.
  if (told.length === 0) return [never];
  const of = (share: number) => quantile(told, share);
  return [
    never,
    { name: "FAILED to alert, median", value: of(0.5), unit: "s" },
    { name: "FAILED to alert, p95", value: of(0.95), unit: "s" },
    {
      name: "FAILED to alert, longest",
      value: of(1),
      unit: "s",
      target: { of: "value", most: pollBoundSeconds + 10 },
    },
  ];
}

function tableFigures({ fleet, functions, peakBytes }: Night, ours: readonly TrueBackup[]): Ungrouped[] {
  const sum = (key: keyof FleetSite["counts"][number]) => fleet.counts.reduce((all, counts) => all + counts[key], 0);
  const per = (key: keyof FleetSite["counts"][number]) => sum(key) / Math.max(1, ours.length);
  const writes = per("writes") - per("siteWrites") + per("indexWrites");
  const ticks = functions.reduce((all, one) => all + one.ticks, 0);
  const most6 = { of: "value", most: 6 } as const;
  // The tables of a virtual night bill nothing.
  return [
    { name: "writes of runs and rows, index included", value: writes, unit: "per run", floor: 4, target: most6 },
    { name: "writes of the site's own records", value: sum("siteWrites") / ticks, unit: "per tick" },
    ...(sum("readUnits") === 0
      ? []
      : [
          { name: "write units, index included", value: per("writeUnits") + per("indexWrites"), unit: "per run" },
          { name: "read units", value: per("readUnits"), unit: "per run" },
        ]),
    { name: "table items read", value: per("reads"), unit: "per run" },
    {
      name: "processes",
      value: functions.reduce((all, one) => all + one.started, 0),
      unit: "",
      floor: functions.length,
    },
    { name: "longest tick", value: Math.max(...functions.map((one) => one.longestTickMs)) / 1000, unit: "s" },
    { name: "memory, simulator and tables included", value: peakBytes / 1_048_576, unit: "MB" },
  ];
}
