/** The credential of one OTC user, and the keeper that re-reads it once when OTC refuses it (rotation). */
import type { OtcClock } from "./clock.ts";

export type OtcAuth =
  | { readonly method: "token"; readonly domainName: string; readonly userName: string; readonly password: string }
  | {
      readonly method: "aksk";
      readonly accessKey: string;
      readonly secretKey: string;
      readonly securityToken?: string;
    };

export interface OtcCredentials {
  /** Changes whenever the credential does; the same version is never tried twice after a refusal. */
  readonly version: string;
  readonly auth: OtcAuth;
}

export interface CredentialKeeper {
  current(): OtcCredentials;
  /**
   * Looks for a credential other than the refused one: true when there is one (now current).
   * Concurrent callers share one read, and a read that brought nothing new is not repeated for a minute.
   */
  replace(refusedVersion: string): Promise<boolean>;
}

export interface CredentialKeeperOptions {
  readonly initial: OtcCredentials;
  readonly reload?: (() => Promise<OtcCredentials>) | undefined;
  readonly clock: OtcClock;
  /** Told of every credential before it is used, so that its secrets can be kept out of all texts. */
  readonly onCredentials: (credentials: OtcCredentials) => void;
}

const FRUITLESS_RELOAD_PAUSE_MS = 60_000;

/** Keeps the current credential. Errors of `reload` pass through unchanged. */
export function createCredentialKeeper(options: CredentialKeeperOptions): CredentialKeeper {
  let current = options.initial;
  let reading: Promise<void> | undefined;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  options.onCredentials(current);

  const read = async (reload: () => Promise<OtcCredentials>): Promise<void> => {
    const fresh = await reload();
    if (fresh.version === current.version) {
      pausedUntil = options.clock.now() + FRUITLESS_RELOAD_PAUSE_MS;
      return;
    }
    options.onCredentials(fresh);
    current = fresh;
  };

  return {
    current: () => current,
    async replace(refusedVersion) {
      if (current.version === refusedVersion && options.reload !== undefined && options.clock.now() >= pausedUntil) {
        reading ??= read(options.reload).finally(() => {
          reading = undefined;
        });
        await reading;
      }
      return current.version !== refusedVersion;
    },
  };
}
