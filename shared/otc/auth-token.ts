/**
 * Keeps one token per client: obtained on first use, shared by all concurrent calls, renewed at 80 % of its life or when
 * OTC refuses it. In memory only.
 */
import { isOtcError } from "./errors.ts";
import { type LoginCredential, type LoginParts, login, type Token } from "./login.ts";

export interface TokenGrant {
  readonly kind: "token";
  readonly version: string;
  headers(): Readonly<Record<string, string>>;
}

export interface TokenKeeper {
  grant(credential: LoginCredential): Promise<TokenGrant>;
  /**
   * A token other than the refused one, by a new login unless somebody else has brought one meanwhile.
   * Nothing when the last logins brought only tokens that were refused as well.
   */
  renew(refused: TokenGrant, credential: LoginCredential): Promise<TokenGrant | undefined>;
  /** A call with a token succeeded: tokens of this credential work. */
  accepted(): void;
}

const RENEW_AFTER_SHARE = 0.8;
/** Logins whose tokens are refused again and again are limited to these many, then to one a minute. */
const FRUITLESS_LOGINS = 2;
const FRUITLESS_PAUSE_MS = 60_000;
/** Rest after a renewal ahead of time has failed; the old token serves meanwhile. */
const EARLY_RENEWAL_PAUSE_MS = 60_000;

type Kept = Token & { readonly grant: TokenGrant };

export function createTokenKeeper(parts: LoginParts): TokenKeeper {
  let kept: Kept | undefined;
  let loggingIn: { version: string; result: Promise<Kept> } | undefined;
  let fruitlessLogins = 0;
  let earlyRenewalAt = Number.NEGATIVE_INFINITY;

  const loginOnce = async (credential: LoginCredential): Promise<Kept> => {
    const token = await login(parts, credential);
    fruitlessLogins += 1;
    const fresh = { ...token, grant: toGrant(token.value, credential.version) };
    kept = fresh;
    return fresh;
  };
  const sharedLogin = async (credential: LoginCredential): Promise<TokenGrant> => {
    if (loggingIn?.version !== credential.version) {
      const started = { version: credential.version, result: loginOnce(credential) };
      const settle = () => {
        if (loggingIn === started) loggingIn = undefined;
      };
      started.result.then(settle, settle);
      loggingIn = started;
    }
    return (await loggingIn.result).grant;
  };
  const ageMs = (token: Token): number => Math.max(0, parts.clock.now() - token.obtainedAt);

  return {
    async grant(credential) {
      const token = kept?.grant.version === credential.version ? kept : undefined;
      if (token === undefined) return sharedLogin(credential);
      const usable = ageMs(token) < token.lifetimeMs;
      if (ageMs(token) < token.lifetimeMs * RENEW_AFTER_SHARE) return token.grant;
      if (usable && parts.clock.now() < earlyRenewalAt) return token.grant;
      try {
        return await sharedLogin(credential);
      } catch (error) {
        // Renewing ahead of time leaves room: until the old token ends, a failed login costs nothing.
        if (!isOtcError(error) || !usable) throw error;
        earlyRenewalAt = parts.clock.now() + EARLY_RENEWAL_PAUSE_MS;
        return token.grant;
      }
    },
    async renew(refused, credential) {
      if (kept?.grant === refused) {
        if (fruitlessLogins >= FRUITLESS_LOGINS && ageMs(kept) < FRUITLESS_PAUSE_MS) {
          return undefined;
        }
        kept = undefined;
      }
      return kept?.grant.version === credential.version ? kept.grant : sharedLogin(credential);
    },
    accepted() {
      fruitlessLogins = 0;
    },
  };
}

function toGrant(value: string, version: string): TokenGrant {
  return { kind: "token", version, headers: () => ({ "x-auth-token": value }) };
}
