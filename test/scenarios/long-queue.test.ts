// A queue that one tick cannot work off: what it foretells, and that the foretelling can be relied on.

import { expect, test } from "vitest";
import type { LogEntry, Site } from "../../shared/ports.ts";
import { createBackups } from "../../shared/workflows/create-backups.ts";
import { aRow, aSite } from "../support/test-site.ts";

const databases = 12;
const ids = Array.from({ length: databases }, (_, n) => `${(0x6b0e0000 + n).toString(16)}d3b07384d113edec49eaa623in01`);

/** A tick of half a minute in which every POST takes `postMs`. */
async function slowTick(postMs: number, advance?: Site["accounting"]["advance"]) {
  const at = await aSite([aRow({ instanceIds: ids, startWindowMinutes: 5 })]);
  for (const [n, id] of ids.entries())
    at.simulator.control.addInstance({ id, name: `db-${n}`, engine: "MySQL", volumeGb: 40, backupSizeKb: 1_000_000 });
  const told: { level: string; message: string }[] = [];
  const noteAs = (level: string) => (entry: LogEntry) => {
    if (entry.event === "request-queue") told.push({ level, message: entry.message });
  };
  let queueSeconds: number | undefined;
  const site: Site = {
    ...at.site,
    log: { info: noteAs("info"), warn: noteAs("warn"), error: noteAs("error") },
    telemetry: { emit: (values) => (queueSeconds = values.RequestQueueSeconds ?? queueSeconds) },
    provider: {
      keepPace: () => at.site.provider.keepPace(),
      account: async (name, use) => {
        const account = await at.site.provider.account(name, use);
        if (!account.ok) return account;
        const createBackup: typeof account.value.createBackup = async (request) => {
          const answer = await account.value.createBackup(request);
          at.clock.set(at.clock.now() + postMs);
          return answer;
        };
        return { ok: true, value: { ...account.value, createBackup } };
      },
    },
  };
  const { accounting } = at.site;
  const dying = {
    accounted: accounting.accounted.bind(accounting),
    accountedThrough: accounting.accountedThrough.bind(accounting),
    advance: advance ?? accounting.advance.bind(accounting),
  };
  const tick = createBackups({ ...site, accounting: dying }, { stopAt: at.clock.now() + 30_000 });
  if (advance === undefined) await tick;
  else await expect(tick).rejects.toThrow("the process was killed");
  const requested = at.simulator.control.backups().filter((one) => ids.includes(one.instanceId)).length;
  return { told, requested, queueSeconds, at };
}

/** How many live backups each database has that has any. */
const backupsPerDatabase = ({ simulator }: Awaited<ReturnType<typeof aSite>>) =>
  [...Map.groupBy(simulator.control.backups(), (one) => one.instanceId)].map(([id, list]) => [id, list.length]);
const onceEach = ids.map((id) => [id, 1]);

test("what a tick leaves over is written down, requested by later ones, and each database has one backup", async () => {
  const { at, requested } = await slowTick(6_000);
  const waiting = (await at.runs()).filter((run) => run.state === "waiting");
  expect(waiting).toHaveLength(databases - requested);
  await at.minutes(4);
  expect(backupsPerDatabase(at).toSorted()).toEqual(onceEach);
  expect((await at.runs()).filter((run) => run.state === "waiting")).toEqual([]);
});

test("a tick that dies with its slots written down and not accounted for is repeated without a second backup", async () => {
  const { at, requested } = await slowTick(6_000, () => Promise.reject(new Error("the process was killed")));
  expect(requested).toBeLessThan(databases);
  await at.minutes(4);
  expect(backupsPerDatabase(at).toSorted()).toEqual(onceEach);
});

test("what is left is told with its number and end, and as a gauge", async () => {
  const { told, requested, queueSeconds } = await slowTick(6_000);
  expect(requested).toBeGreaterThan(1);
  expect(requested).toBeLessThan(databases);
  const left = databases - requested;
  expect(told).toEqual([
    { level: "info", message: expect.stringContaining(`${left} databases still to be requested at 0.`) },
  ]);
  // At the rate of this tick, of about half a minute: as long again as what is left bears to what was done.
  expect(queueSeconds).toBeGreaterThanOrEqual(Math.floor((30 * left) / requested));
});

test("a queue that outlasts its start window is a warning before anything is missed", async () => {
  const { told, requested } = await slowTick(45_000);
  expect(requested).toBeGreaterThan(0);
  expect(told).toEqual([{ level: "warn", message: expect.stringContaining("after its start window") }]);
});

test("a queue that will outlast its window is one ticket with what to do, until it is over", async () => {
  const { at } = await slowTick(45_000);
  await at.minutes(2);
  const tickets = at.notices.filter(({ body }) => body.includes("requests-late"));
  expect(tickets).toHaveLength(1);
  expect(tickets[0]?.body).toContain("ask OTC for a higher limit");
  expect((await at.site.standingAlerts.open()).map(({ kind }) => kind)).toEqual([]);
});

test("a tick that comes to the end of the queue foretells nothing", async () => {
  const { told, requested, queueSeconds } = await slowTick(0);
  expect(requested).toBe(databases);
  expect(told).toEqual([]);
  expect(queueSeconds).toBe(0);
});
