// What happens to a fleet by day: databases come, go, change their tags, names, versions and states; policies are paused and
// switched; whole accounts are in trouble. Each day something else, the same in every run.

import type { FleetDriver } from "./fleet-driver.ts";
import { type AccountName, accountNames, type Database, dayMs } from "./fleet-model.ts";

export type Dice = (sides: number) => number;

export function dice(seed: number): Dice {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

export interface Day {
  readonly driver: FleetDriver;
  readonly night: number;
  readonly roll: Dice;
}

type Event = (day: Day, account: AccountName) => Promise<void>;

function tagged(day: Day, account: AccountName): Database[] {
  return day.driver.databases.filter(
    (one) => one.account === account && one.removedAt === undefined && !one.isReplica && one.tags.backup === "nightly",
  );
}

function oneTagged(day: Day, account: AccountName): Database {
  const list = tagged(day, account);
  const one = list[day.roll(list.length)];
  if (one === undefined) throw new Error(`account ${account} has no tagged database left`);
  return one;
}

const events: Record<string, Event> = {
  added: async (day, account) => void (await day.driver.add(account)),
  "added without tags": async (day, account) => void (await day.driver.add(account, { tags: {} })),
  "added and opted out": async (day, account) =>
    void (await day.driver.add(account, { tags: { "otc-backup-optout": "scratch" } })),
  "opted out without a reason": async (day, account) =>
    void (await day.driver.add(account, { tags: { "otc-backup-optout": "" } })),
  "replica added": async (day, account) => void (await day.driver.add(account, { isReplica: true })),
  untagged: async (day, account) => {
    const one = oneTagged(day, account);
    // In a small account a single database is more than the selector may lose at once: it stays for a day.
    if (100 > 20 * tagged(day, account).length) one.graceUntilAt = day.driver.now + dayMs;
    await day.driver.retag(one, { team: "moved" });
  },
  "tagged again": async (day, account) => {
    const lost = day.driver.databases.find(
      (one) => one.account === account && one.removedAt === undefined && one.tags.team === "moved",
    );
    if (lost !== undefined) await day.driver.retag(lost, { backup: "nightly" });
  },
  renamed: async (day, account) => day.driver.rename(oneTagged(day, account), `renamed-${account}-${day.night}`),
  "renamed into the glob": async (day, account) => {
    const one = tagged(day, account).find(({ engine, name }) => engine === "PostgreSQL" && name.startsWith("pg-"));
    if (one !== undefined) await day.driver.rename(one, `crm-${account}-now-${day.night}`);
  },
  "another version": async (day, account) => {
    const one = oneTagged(day, account);
    one.version = `${one.version}.1`;
    await day.driver.change(one, { version: one.version });
  },
  removed: async (day, account) => day.driver.remove(oneTagged(day, account)),
  recreated: async (day, account) => {
    const one = oneTagged(day, account);
    await day.driver.remove(one);
    await day.driver.add(account, { name: one.name, engine: one.engine, tags: { ...one.tags } });
  },
  "listed one removed": async (day, account) => {
    const one = day.driver.databases.find(
      ({ account: its, removedAt, tags }) => its === account && removedAt === undefined && tags.team === "listed",
    );
    if (one !== undefined) await day.driver.remove(one);
  },
  stopped: async (day, account) => day.driver.setStatus(oneTagged(day, account), "SHUTDOWN"),
  "storage full": async (day, account) => day.driver.setStatus(oneTagged(day, account), "STORAGE FULL"),
  frozen: async (day, account) => day.driver.setStatus(oneTagged(day, account), "FROZEN"),
  "well again": async (day, account) => {
    const ill = day.driver.databases.filter(
      (one) => one.account === account && one.removedAt === undefined && one.status !== "ACTIVE",
    );
    for (const one of ill) await day.driver.setStatus(one, "ACTIVE");
  },
  "native backup off": async (day, account) => day.driver.keepNative(oneTagged(day, account), 0),
  "native backup short": async (day, account) => day.driver.keepNative(oneTagged(day, account), 3),
  "fails early": async (day, account) => day.driver.change(oneTagged(day, account), { backupOutcome: "fails-early" }),
  "fails late": async (day, account) => day.driver.change(oneTagged(day, account), { backupOutcome: "fails-late" }),
  "succeeds again": async (day, account) => {
    for (const one of tagged(day, account)) await day.driver.change(one, { backupOutcome: "completes" });
  },
  "busy all night": async (day, account) => {
    const one = oneTagged(day, account);
    await day.driver.site.control("POST", `/instances/${one.id}/occupy`, { minutes: 18 * 60 });
  },
  vanished: async (day, account) => day.driver.vanishNewest(oneTagged(day, account)),
};

/** Every policy of an account in the order of its slots. */
async function policyEvent(day: Day, verb: "pause" | "resume" | "disable" | "enable", policyId: string): Promise<void> {
  const policy = day.driver.policies.find((one) => one.policyId === policyId);
  if (policy === undefined) throw new Error(`no policy ${policyId}`);
  const until = day.driver.now + 2 * dayMs;
  switch (verb) {
    case "pause":
      policy.pausedUntilAt = until;
      await day.driver.site.say(
        ...["policies", "pause", policyId, "--until", new Date(until).toISOString(), "--reason", "move"],
      );
      return;
    case "resume":
      policy.pausedUntilAt = undefined;
      await day.driver.site.say("policies", "resume", policyId);
      return;
    default:
      throw new Error(`${verb} is done by a file`);
  }
}

/** The account that is in trouble on a day, so that the trouble of one day ends on the next. */
const troubled: Record<number, AccountName> = { 8: "alps", 9: "alps", 12: "north", 13: "north", 16: "south" };

/** Trouble of a whole account, and its end a day later. */
const accountTroubles: Record<number, Event> = {
  8: async (day, account) => day.driver.setKnobs(account, { rateLimitPerSecond: 1, rateLimitBurst: 1 }),
  9: async (day, account) => day.driver.setKnobs(account, { rateLimitPerSecond: 0, rateLimitBurst: 10 }),
  12: async (day, account) => {
    await day.driver.site.control("POST", `/users/${account}-backup/password`, { password: "changed-unannounced" });
    await day.driver.site.control("POST", "/tokens/expire");
  },
  13: async (day, account) =>
    void (await day.driver.site.control("POST", `/users/${account}-backup/password`, {
      password: `invented-${account}-1`,
    })),
  16: async (day, account) => {
    // More than the selector may lose at once.
    const all = tagged(day, account);
    for (const one of all.slice(0, Math.ceil(all.length * 0.3))) {
      one.graceUntilAt = day.driver.now + dayMs;
      await day.driver.retag(one, { team: "moved" });
    }
  },
};

/** Everything of one noon. Returns what it was, for whoever reads along. */
export async function aNoon(day: Day): Promise<string[]> {
  const names = Object.keys(events);
  const told: string[] = [];
  for (const [index, account] of accountNames.entries()) {
    const trouble = account === troubled[day.night] ? accountTroubles[day.night] : undefined;
    if (trouble !== undefined) {
      await trouble(day, account);
      told.push(`${account}: trouble of day ${day.night}`);
      continue;
    }
    for (const step of [0, 1]) {
      const name = names[(day.night * 6 + index * 2 + step) % names.length] ?? "";
      await events[name]?.(day, account);
      told.push(`${account}: ${name}`);
    }
  }
  if (day.night === 4) await policyEvent(day, "pause", "south-tagged");
  if (day.night === 6) await policyEvent(day, "resume", "south-tagged");
  return told;
}
