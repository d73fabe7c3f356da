// What a user would pick today, against the same simulator, latency and limit: a snapshot tool that walks through the databases, and
// OTC's command line in a loop. Both request backups and never look at one again, so they say nothing of those that fail.

import { DEMO_ACCOUNT } from "../../local/simulator/fleet.ts";
import { createOtcClient, type OtcClient } from "../../shared/otc/client.ts";
import { isOtcError } from "../../shared/otc/errors.ts";
import { Timeline } from "../../test/simulation/engine/timeline.ts";
import type { Figure } from "../figure.ts";
import type { FleetOptions } from "../fleet-site.ts";
import { inProcessTransport } from "./in-process-transport.ts";
import { TimelineClock } from "./timeline-clock.ts";
import { firstProjectId, openVirtualFleet, type VirtualFleet } from "./virtual-fleet.ts";

const startAt = Date.UTC(2026, 10, 24, 22, 30);
const minuteMs = 60_000;
/** What starting a command of a scripting language takes, generously short. */
const commandStartMs = 500;
/** After a 429 both wait and try again, which is more than most do. */
const waitAfterThrottleMs = 2_000;
const longestMs = 24 * 60 * minuteMs;

interface Tool {
  readonly name: string;
  /** One process for all databases, or one per database, each with its own sign-in. */
  readonly perDatabase: boolean;
}

const tools: readonly Tool[] = [
  { name: "a snapshot tool, one database after the other", perDatabase: false },
  { name: "OTC's command line in a loop", perDatabase: true },
];

/** One night per tool; the figures to be read beside ours of the same fleet. */
export async function besideUs(options: FleetOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const tool of tools) figures.push(...(await nightOf(tool, options)));
  return figures;
}

async function nightOf(tool: Tool, options: FleetOptions): Promise<Figure[]> {
  const timeline = new Timeline(startAt);
  const clock = new TimelineClock(timeline);
  const fleet = openVirtualFleet(options, clock);
  let endedAt: number | undefined;
  const work = requestAll(tool, { fleet, clock, options }).then(() => {
    endedAt = clock.now();
  });
  for (let at = startAt; endedAt === undefined && at < startAt + longestMs; at += minuteMs)
    await timeline.runUntil(at + minuteMs);
  if (endedAt !== undefined) await work;
  const { databases, permittedRate, latencyMs } = options;
  const requested = fleet.simulator.control.backups().filter((backup) => backup.name.startsWith("beside-")).length;
  const group = `${databases} databases, OTC admits ${permittedRate}/s, latency ${latencyMs} ms: ${tool.name}`;
  const failing = Math.floor(databases / options.failEvery);
  const throttled = fleet.calls.filter((call) => call.status === 429).length;
  return [
    { group, name: "backups requested", value: requested, unit: "", floor: databases },
    {
      ...{ group, name: "start to last backup requested", unit: "s", floor: databases / permittedRate },
      value: ((endedAt ?? startAt + longestMs) - startAt) / 1000,
    },
    { group, name: "OTC calls", value: fleet.calls.length / Math.max(1, requested), unit: "per backup", floor: 1 },
    {
      group,
      name: "answered 429",
      value: (100 * throttled) / Math.max(1, fleet.calls.length),
      unit: "% of calls",
      floor: 0,
    },
    { group, name: "failures never told", value: failing - fleet.notices.length, unit: "", floor: 0 },
  ];
}

interface Surroundings {
  readonly fleet: VirtualFleet;
  readonly clock: TimelineClock;
  readonly options: FleetOptions;
}

async function requestAll({ perDatabase }: Tool, { fleet, clock, options }: Surroundings): Promise<void> {
  const { simulator } = fleet;
  const [user] = DEMO_ACCOUNT.users;
  const newClient = () =>
    createOtcClient({
      endpoints: { iam: "http://127.0.0.1:9", rds: "http://127.0.0.1:9" },
      projectId: firstProjectId,
      credentials: {
        version: "1",
        auth: {
          ...{ method: "token", userName: user?.name ?? "", password: user?.password ?? "" },
          domainName: `${DEMO_ACCOUNT.domainName}-0`,
        },
      },
      clock,
      transport: inProcessTransport(simulator, clock, options.latencyMs),
    });
  let client = newClient();
  const instances = perDatabase
    ? simulator.control.instances()
    : await untilAdmitted(clock, () => client.listInstances());
  for (const { id } of instances) {
    if (perDatabase) {
      await clock.sleep(commandStartMs);
      client = newClient();
    }
    await requestOne(client, clock, id);
  }
}

function requestOne(client: OtcClient, clock: TimelineClock, instanceId: string): Promise<unknown> {
  const deadlineAt = clock.now() + minuteMs;
  return untilAdmitted(clock, () => client.createBackup({ instanceId, name: `beside-${instanceId}`, deadlineAt }));
}

async function untilAdmitted<T>(clock: TimelineClock, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isOtcError(error) || error.class !== "throttled") throw error;
      await clock.sleep(waitAfterThrottleMs);
    }
  }
}
