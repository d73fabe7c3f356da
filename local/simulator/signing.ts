/**
 * The server's side of SDK-HMAC-SHA256: which canonical request it computes from what arrived, and which signature that must have.
 * Knows both header shapes, `Access=` (variant A) and `Credential=…/sdk_request` (variant B). Knows nothing of users or clocks.
 * Source: API Gateway developer guide, "Signing Algorithm"; Huawei and gophertelekomcloud signers for the two shapes.
 */
import { createHash, createHmac } from "node:crypto";

const ALGORITHM = "SDK-HMAC-SHA256";

export interface SignedRequest {
  method: string;
  rawPath: string;
  rawQuery: string;
  headers: Record<string, string>;
  rawBody: Buffer;
}

export interface SignatureClaim {
  variant: "A" | "B";
  accessKey: string;
  /** Variant B only: date, region and service as the client scoped its key. */
  scope: { date: string; region: string; service: string } | undefined;
  signedHeaders: string[];
  signature: string;
}

/** Percent-encoding with only the unreserved characters kept; a `%` sequence already present is decoded first. */
function canonicalEncode(text: string): string {
  let plain = text;
  try {
    plain = decodeURIComponent(text);
  } catch {
    // Not an encoding at all: the percent sign is taken literally.
  }
  return encodeURIComponent(plain).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalUri(rawPath: string): string {
  const encoded = rawPath.split("/").map(canonicalEncode).join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
}

function canonicalQuery(rawQuery: string): string {
  if (rawQuery === "") return "";
  const pairs = rawQuery.split("&").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    const [name, value] = at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    return [canonicalEncode(name), canonicalEncode(value)];
  });
  const ordered = pairs.sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
  return ordered.map(([name, value]) => `${name}=${value}`).join("&");
}

function sha256Hex(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The six parts that the signature covers, joined by newlines. */
export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const names = signedHeaders.map((name) => name.toLowerCase()).sort();
  const headers = names
    .map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/\s+/g, " ")}\n`)
    .join("");
  const payloadHash = request.headers["x-sdk-content-sha256"] ?? sha256Hex(request.rawBody);
  const uri = canonicalUri(request.rawPath);
  const query = canonicalQuery(request.rawQuery);
  return [request.method.toUpperCase(), uri, query, headers, names.join(";"), payloadHash].join("\n");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** The signature that a request with this claim and secret must carry. `sdkDate` is the value of X-Sdk-Date. */
export function expectedSignature(
  canonical: string,
  claim: SignatureClaim,
  keyed: { sdkDate: string; secretKey: string },
): string {
  const { sdkDate, secretKey } = keyed;
  const hash = sha256Hex(canonical);
  if (claim.scope === undefined) return hmac(secretKey, `${ALGORITHM}\n${sdkDate}\n${hash}`).toString("hex");
  const { date, region, service } = claim.scope;
  const parts = [date, region, service, "sdk_request"];
  const key = parts.reduce<Buffer | string>((previous, part) => hmac(previous, part), `SDK${secretKey}`);
  return hmac(key, `${ALGORITHM}\n${sdkDate}\n${parts.join("/")}\n${hash}`).toString("hex");
}

/** The claim in an Authorization header; undefined when it has neither of the two shapes. */
export function parseAuthorization(header: string): SignatureClaim | undefined {
  const match = /^SDK-HMAC-SHA256 (Access|Credential)=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    header,
  );
  if (match === null) return undefined;
  const [, shape = "", credential = "", names = "", signature = ""] = match;
  const signedHeaders = names.split(";");
  if (shape === "Access") return { variant: "A", accessKey: credential, scope: undefined, signedHeaders, signature };
  const [accessKey = "", date = "", region = "", service = "", end] = credential.split("/");
  if (end !== "sdk_request") return undefined;
  return { variant: "B", accessKey, scope: { date, region, service }, signedHeaders, signature };
}

/** X-Sdk-Date as an instant; undefined when it is not `YYYYMMDDTHHMMSSZ`. */
export function parseSdkDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at;
}

export function formatSdkDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
