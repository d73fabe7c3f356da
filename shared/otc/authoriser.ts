/**
 * Gives calls their right to be made, by token or by signature, and decides what is left to try when OTC refuses it:
 * first once more in the same way (a new token, a new signature time), then once with a re-read credential, then no more.
 */
import { type AkskGrant, type AkskSigner, createAkskSigner } from "./auth-aksk.ts";
import { createTokenKeeper, type TokenGrant, type TokenKeeper } from "./auth-token.ts";
import type { CredentialKeeper } from "./credentials.ts";
import { isOtcError, type OtcError } from "./errors.ts";
import type { LoginParts } from "./login.ts";
import type { OtcOperationName } from "./operation.ts";
import type { SigningVariant } from "./sign.ts";

export type Grant = TokenGrant | AkskGrant;

/** What one call has used up of its second chances. */
export interface Renewals {
  readonly repeated: boolean;
  readonly replaced: boolean;
}

export const NO_RENEWALS: Renewals = { repeated: false, replaced: false };

export interface RefusedGrant {
  readonly grant: Grant;
  readonly error: OtcError;
  readonly serverDate: number | undefined;
  readonly renewals: Renewals;
}

export interface Authoriser {
  /** @throws OtcError when no grant can be had */
  grant(operation: OtcOperationName): Promise<Grant>;
  /** The next grant to try, or undefined when nothing is left. @throws OtcError when the new login fails */
  renew(refused: RefusedGrant, operation: OtcOperationName): Promise<{ grant: Grant; renewals: Renewals } | undefined>;
  accepted(grant: Grant): void;
}

export interface AuthoriserOptions {
  readonly credentials: CredentialKeeper;
  readonly login: LoginParts;
  readonly variant: SigningVariant;
}

export function createAuthoriser(options: AuthoriserOptions): Authoriser {
  const { clock, projectId } = options.login;
  const parts: Parts = {
    credentials: options.credentials,
    tokens: createTokenKeeper(options.login),
    signer: createAkskSigner({ clock, projectId, variant: options.variant }),
  };
  return {
    grant: (operation) => grant(parts, operation),
    renew: (refused, operation) => renew(parts, refused, operation),
    accepted(used) {
      if (used.kind === "token") parts.tokens.accepted();
      else parts.signer.accepted();
    },
  };
}

interface Parts {
  readonly credentials: CredentialKeeper;
  readonly tokens: TokenKeeper;
  readonly signer: AkskSigner;
}

async function grant(parts: Parts, operation: OtcOperationName): Promise<Grant> {
  const { version } = parts.credentials.current();
  try {
    return await currentGrant(parts, operation);
  } catch (error) {
    const refused = isOtcError(error) && (error.class === "authentication" || error.class === "login-withheld");
    if (refused && (await parts.credentials.replace(version))) return currentGrant(parts, operation);
    throw error;
  }
}

async function currentGrant(parts: Parts, operation: OtcOperationName): Promise<Grant> {
  const { version, auth } = parts.credentials.current();
  return auth.method === "token"
    ? parts.tokens.grant({ version, auth })
    : parts.signer.grant({ version, auth }, operation);
}

async function renew(parts: Parts, refused: RefusedGrant, operation: OtcOperationName) {
  const { renewals, grant: old } = refused;
  if (old.kind === "aksk") parts.signer.refused(old);
  if (!renewals.repeated) {
    const again = await repeatGrant(parts, refused, operation);
    if (again !== undefined) return { grant: again, renewals: { ...renewals, repeated: true } };
  }
  if (renewals.replaced || !(await parts.credentials.replace(old.version))) return undefined;
  return { grant: await currentGrant(parts, operation), renewals: { repeated: true, replaced: true } };
}

async function repeatGrant(
  parts: Parts,
  refused: RefusedGrant,
  operation: OtcOperationName,
): Promise<Grant | undefined> {
  const { version, auth } = parts.credentials.current();
  if (refused.grant.kind === "token") {
    if (auth.method !== "token") return undefined;
    try {
      return await parts.tokens.renew(refused.grant, { version, auth });
    } catch (error) {
      // The password has been changed since the token was issued: what is left is the re-read credential.
      if (isOtcError(error) && (error.class === "authentication" || error.class === "login-withheld")) {
        if (await parts.credentials.replace(version)) return currentGrant(parts, operation);
      }
      throw error;
    }
  }
  if (auth.method !== "aksk" || !/signature expired/i.test(refused.error.providerMessage ?? "")) return undefined;
  // The request took too long on its way, or the clocks differ: sign afresh, by the service's clock.
  if (refused.serverDate !== undefined) parts.signer.adoptServerTime(refused.serverDate);
  return parts.signer.grant({ version, auth }, operation);
}
