/**
 * AK/SK authentication of a request: clock skew, lock after too many failures, temporary credentials, and the answer that echoes the
 * server's canonical request. The arithmetic of the signature is in signing.ts.
 */
import { timingSafeEqual } from "node:crypto";
import type { ApiRequest, Caller } from "./exchange.ts";
import type { AccessKeyRecord } from "./records.ts";
import { canonicalRequest, expectedSignature, formatSdkDate, parseAuthorization, parseSdkDate } from "./signing.ts";
import type { World } from "./world.ts";

const MINUTE_MS = 60_000;
const PREFIX = "Incorrect IAM authentication information: ";

function usableKey(accessKey: string, request: ApiRequest, world: World): AccessKeyRecord {
  const key = world.store.keys.get(accessKey);
  if (key === undefined) throw world.refusal("akMissing");
  if (key.lockedUntilAt !== null && request.at < key.lockedUntilAt) throw world.refusal("akLocked");
  if (key.securityToken !== null && request.headers["x-security-token"] !== key.securityToken)
    throw world.refusal("akMissing");
  if (key.expiresAt !== null && request.at >= key.expiresAt) throw world.refusal("securityTokenExpired");
  return key;
}

/** Why the signature is not accepted; undefined when it is. */
function signatureProblem(request: ApiRequest, key: AccessKeyRecord, world: World): string | undefined {
  const claim = parseAuthorization(request.headers.authorization ?? "");
  const sdkDate = request.headers["x-sdk-date"] ?? "";
  const signedAt = parseSdkDate(sdkDate);
  if (claim === undefined || !world.knobs.signatureVariants.includes(claim.variant))
    return "Incorrect app authentication information";
  if (signedAt === undefined || !claim.signedHeaders.includes("x-sdk-date"))
    return "x-sdk-date not found or not signed";
  // Clients that know nothing of the simulated time sign with the machine's clock.
  const now = world.knobs.signatureClock === "real" ? Date.now() : request.at;
  const serverAt = now + world.knobs.clockSkewSeconds * 1000;
  if (Math.abs(serverAt - signedAt) > world.knobs.signatureSkewMinutes * MINUTE_MS) {
    const times = `signature time:${sdkDate},server time:${formatSdkDate(serverAt)}`;
    return `calc aksk signature fail:signature expired, ${times}`;
  }
  const canonical = canonicalRequest(request, claim.signedHeaders);
  const expected = expectedSignature(canonical, claim, { sdkDate, secretKey: key.secretKey });
  if (timingSafeEqual(Buffer.from(expected), Buffer.from(claim.signature))) return undefined;
  return `verify aksk signature fail, canonicalRequest:${canonical.replaceAll("\n", "|")}`;
}

function noteFailure(key: AccessKeyRecord, at: number, world: World): void {
  const failures = key.failures + 1;
  const locked = failures > world.knobs.akMaxFailures;
  const lockedUntilAt = locked ? at + world.knobs.akLockMinutes * MINUTE_MS : key.lockedUntilAt;
  world.store.putKey({ ...key, failures: locked ? 0 : failures, lockedUntilAt });
}

/** The caller behind a signed request; throws the gateway's refusal otherwise. */
export function authenticateSignature(request: ApiRequest, world: World): Caller {
  const header = request.headers.authorization ?? "";
  const claim = parseAuthorization(header);
  if (claim === undefined) throw world.refusal("badSignature", `${PREFIX}the Authorization header is malformed`);
  const key = usableKey(claim.accessKey, request, world);
  const problem = signatureProblem(request, key, world);
  if (problem !== undefined) {
    noteFailure(key, request.at, world);
    throw world.refusal("badSignature", `${PREFIX}${problem}`);
  }
  if (key.failures > 0) world.store.putKey({ ...key, failures: 0 });
  const user = world.store.users.get(key.userKey);
  if (user === undefined || !user.enabled) throw world.refusal("akMissing");
  const wanted = request.headers["x-project-id"];
  if (wanted === undefined) {
    // Services for a whole domain need no project; what belongs to one refuses below, unless the knob is lenient.
    const only = world.knobs.projectHeader === "optional" ? user.projectIds[0] : undefined;
    return { user, project: only === undefined ? undefined : world.store.projects.get(only) };
  }
  return { user, project: user.projectIds.includes(wanted) ? world.store.projects.get(wanted) : undefined };
}
