/**
 * Signs requests with access key and secret key (SDK-HMAC-SHA256), as pure functions. Two dialects are in use at OTC:
 * A is the documented one (`Access=`), B the one of OTC's Go client (`Credential=…/sdk_request`, empty region and
 * service). The canonical request is the same in both.
 * @see https://docs.otc.t-systems.com/api-gateway/ (signing), https://support.huaweicloud.com/intl/en-us/devg-apisign/
 */
import { createHash, createHmac } from "node:crypto";
import { percentEncode, type Query } from "./target.ts";

export type SigningVariant = "A" | "B";

export interface SignableRequest {
  readonly method: string;
  /** Decoded, without query; a leading slash is optional. */
  readonly path: string;
  /** Decoded. */
  readonly query: Query;
  /** All headers to be signed, `host` and `x-sdk-date` among them, in any case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly the text that is sent; empty for none. */
  readonly body: string;
}

export interface SigningKey {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Scope of variant B. OTC's clients leave both empty. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

const ALGORITHM = "SDK-HMAC-SHA256";

/** The instant in the form of the `X-Sdk-Date` header: `20260115T033655Z`. */
export function toSdkDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** The value of the `Authorization` header. The request's headers must hold `x-sdk-date`. */
export function signRequest(
  request: SignableRequest,
  key: SigningKey,
  dialect: { readonly variant: SigningVariant; readonly scope?: SigningScope },
): string {
  const headers = canonicalHeaders(request.headers);
  const date = headers.find(([name]) => name === "x-sdk-date")?.[1] ?? "";
  const hash = sha256(canonicalRequest(request));
  const accessKey = key.accessKey.trim();
  const secretKey = key.secretKey.trim();
  const tail = (signature: string) => `SignedHeaders=${names(headers)}, Signature=${signature}`;
  switch (dialect.variant) {
    case "A": {
      const signature = hmac(secretKey, [ALGORITHM, date, hash].join("\n")).toString("hex");
      return `${ALGORITHM} Access=${accessKey}, ${tail(signature)}`;
    }
    case "B": {
      const scope = dialect.scope ?? { region: "", service: "" };
      const path = [date.slice(0, 8), scope.region, scope.service, "sdk_request"].join("/");
      const derived = deriveKey(secretKey, date.slice(0, 8), scope);
      const signature = hmac(derived, [ALGORITHM, date, path, hash].join("\n")).toString("hex");
      return `${ALGORITHM} Credential=${accessKey}/${path}, ${tail(signature)}`;
    }
  }
}

/** The text whose hash is signed: method, path, query, headers, their names and the hash of the body, one below the other. */
export function canonicalRequest(request: SignableRequest): string {
  const headers = canonicalHeaders(request.headers);
  const payloadHash = headers.find(([name]) => name === "x-sdk-content-sha256")?.[1] ?? sha256(request.body);
  return [
    request.method.toUpperCase(),
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers.map(([name, value]) => `${name}:${value}\n`).join(""),
    names(headers),
    payloadHash,
  ].join("\n");
}

/** The key of variant B, bound to day, region and service. */
export function deriveKey(secretKey: string, day: string, scope: SigningScope): Buffer {
  return hmac(hmac(hmac(hmac(`SDK${secretKey}`, day), scope.region), scope.service), "sdk_request");
}

/** Always ends in a slash here, although the path that is sent does not. */
function canonicalPath(path: string): string {
  const segments = path.split("/").map(percentEncode).join("/");
  return `/${segments}/`.replace(/^\/\//, "/").replace(/\/\/$/, "/");
}

function canonicalQuery(query: Query): string {
  const pairs = query.map(([name, value]) => [percentEncode(name), percentEncode(value)] as const);
  return pairs
    .toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function canonicalHeaders(headers: SignableRequest["headers"]): (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .toSorted(([a], [b]) => compare(a, b));
}

function names(headers: readonly (readonly [string, string])[]): string {
  return headers.map(([name]) => name).join(";");
}

/** Byte order; all texts compared here are ASCII. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}
