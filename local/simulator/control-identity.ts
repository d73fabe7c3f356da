/**
 * Accounts, users and tokens as the control sees and changes them.
 */
import { ControlProblem, known } from "./control-problem.ts";
import { type AccountSeed, plantAccount } from "./fleet-seed.ts";
import type { ProjectRecord, UserRecord } from "./records.ts";
import { expireTokens } from "./tokens.ts";
import type { World } from "./world.ts";

export interface TrueLogins {
  user: string;
  tried: number;
  failed: number;
  lockedUntilAt: number | null;
}

export interface IdentityControl {
  projects(): ProjectRecord[];
  /** Adds an account with its project and users; its fleet is empty. Throws when the project exists or a field is wrong. */
  addAccount(seed: AccountSeed): ProjectRecord;
  logins(): TrueLogins[];
  /** `user` is a user name or `domain/user`. */
  lockAccount(user: string, minutes: number): void;
  /** Kills the user's tokens after the knob `tokensDieMinutes`. */
  changePassword(user: string, password: string): void;
  /** How many tokens were alive. */
  expireTokens(): number;
}

function findUser(world: World, name: string): UserRecord {
  const { users } = world.store;
  const user = users.get(name) ?? [...users.values()].find((one) => one.name === name);
  if (user === undefined) throw new ControlProblem(404, `no user "${name}"; ${known(users.keys())}`);
  return user;
}

export function identityControl(world: World): IdentityControl {
  const { store } = world;
  return {
    projects: () => [...store.projects.values()],
    addAccount: (seed) => {
      if (store.projects.has(seed.projectId))
        throw new ControlProblem(409, `there is a project "${seed.projectId}" already`);
      return plantAccount(store, seed);
    },
    logins: () =>
      [...store.users.values()].map((user) => {
        const { key, loginsTried: tried, loginsFailed: failed, lockedUntilAt } = user;
        return { user: key, tried, failed, lockedUntilAt };
      }),
    lockAccount: (name, minutes) => {
      store.putUser({ ...findUser(world, name), lockedUntilAt: world.clock.now() + minutes * 60_000 });
    },
    changePassword: (name, password) => {
      const user = findUser(world, name);
      store.putUser({ ...user, password });
      expireTokens(world, world.clock.now() + world.knobs.tokensDieMinutes * 60_000, user.key);
    },
    expireTokens: () => expireTokens(world, world.clock.now()),
  };
}
