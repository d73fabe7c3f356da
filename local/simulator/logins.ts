/**
 * Password logins: right or wrong, counted, and locked after too many wrong ones. Source: IAM user guide, "Login Authentication Policy".
 */
import type { UserRecord } from "./records.ts";
import type { World } from "./world.ts";

const MINUTE_MS = 60_000;

function noteWrongPassword(world: World, user: UserRecord, at: number): void {
  const { maxFailedLogins, failedLoginWindowMinutes, lockMinutes } = world.knobs;
  const since = at - failedLoginWindowMinutes * MINUTE_MS;
  const failedLoginAts = [...user.failedLoginAts.filter((failedAt) => failedAt > since), at];
  const locked = failedLoginAts.length >= maxFailedLogins;
  world.store.putUser({
    ...user,
    failedLoginAts: locked ? [] : failedLoginAts,
    lockedUntilAt: locked ? at + lockMinutes * MINUTE_MS : user.lockedUntilAt,
    loginsTried: user.loginsTried + 1,
    loginsFailed: user.loginsFailed + 1,
  });
}

/** Admits a login or throws IAM's refusal. A locked user is refused even with the right password. */
export function logIn(world: World, user: UserRecord, attempt: { password: string; at: number }): void {
  const { password, at } = attempt;
  if (user.lockedUntilAt !== null && at < user.lockedUntilAt) {
    world.store.putUser({ ...user, loginsTried: user.loginsTried + 1, loginsFailed: user.loginsFailed + 1 });
    throw world.refusal("accountLocked");
  }
  if (user.password !== password) {
    noteWrongPassword(world, user, at);
    throw world.refusal("wrongPassword");
  }
  world.store.putUser({ ...user, failedLoginAts: [], loginsTried: user.loginsTried + 1 });
  if (!user.enabled) throw world.refusal("userDisabled");
  if (user.consoleOnly) throw world.refusal("consoleOnly");
}
