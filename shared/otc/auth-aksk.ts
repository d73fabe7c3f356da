/**
 * Signs every attempt anew with access key and secret key. After repeated refusals it stops for a while: OTC locks an
 * access key for five minutes after more than five failures in a row.
 */
import type { OtcClock } from "./clock.ts";
import type { OtcAuth } from "./credentials.ts";
import { OtcError } from "./errors.ts";
import type { OtcOperationName } from "./operation.ts";
import { type SignableRequest, type SigningVariant, signRequest, toSdkDate } from "./sign.ts";

export interface AkskCredential {
  readonly version: string;
  readonly auth: Extract<OtcAuth, { method: "aksk" }>;
}

export interface AkskGrant {
  readonly kind: "aksk";
  readonly version: string;
  /** Headers with a fresh signature over the request. */
  headers(request: SignableRequest): Readonly<Record<string, string>>;
}

export interface AkskSigner {
  /** @throws OtcError `login-withheld` while the key rests after repeated refusals */
  grant(credential: AkskCredential, operation: OtcOperationName): AkskGrant;
  refused(grant: AkskGrant): void;
  accepted(): void;
  /** Signs by the service's clock from now on. @param serverDate epoch milliseconds */
  adoptServerTime(serverDate: number): void;
}

const REFUSALS_BEFORE_REST = 3;
const REST_MS = 5 * 60_000;

export function createAkskSigner(options: { clock: OtcClock; projectId: string; variant: SigningVariant }): AkskSigner {
  let clockOffsetMs = 0;
  let refusals = { version: "", count: 0, lastAt: 0 };

  const headersFor = (auth: AkskCredential["auth"], request: SignableRequest) => {
    const added = {
      "x-project-id": options.projectId,
      "x-sdk-date": toSdkDate(options.clock.now() + clockOffsetMs),
      ...(auth.securityToken !== undefined && { "x-security-token": auth.securityToken.trim() }),
    };
    const signed = { ...request, headers: { ...request.headers, ...added } };
    return { ...added, authorization: signRequest(signed, auth, { variant: options.variant }) };
  };

  return {
    grant({ version, auth }, operation) {
      const restLeftMs = refusals.lastAt + REST_MS - options.clock.now();
      if (refusals.version === version && refusals.count >= REFUSALS_BEFORE_REST && restLeftMs > 0) {
        const detail = "this access key was refused repeatedly";
        throw new OtcError({ class: "login-withheld", effect: "none", operation, retryAfterMs: restLeftMs, detail });
      }
      return { kind: "aksk", version, headers: (request) => headersFor(auth, request) };
    },
    refused(grant) {
      const count = refusals.version === grant.version ? refusals.count + 1 : 1;
      refusals = { version: grant.version, count, lastAt: options.clock.now() };
    },
    accepted() {
      refusals = { version: "", count: 0, lastAt: 0 };
    },
    adoptServerTime(serverDate) {
      clockOffsetMs = serverDate - options.clock.now();
    },
  };
}
