/**
 * What passes between the HTTP server and the operations: one request as received, one reply as meant. How a reply reaches the
 * client (whole, late, cut off) is decided elsewhere.
 */
import type { FaultAction } from "./faults.ts";
import type { ProjectRecord, UserRecord } from "./records.ts";

export interface ApiRequest {
  method: string;
  /** Path and query exactly as sent, because signatures cover them. */
  rawPath: string;
  rawQuery: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  rawBody: Buffer;
  /** The body read as JSON; undefined when there is none or it is not JSON. */
  body: unknown;
  /** The simulated instant at which the request is handled. */
  at: number;
  requestId: string;
}

/** Who is calling, once the gateway has found out. */
export interface Caller {
  user: UserRecord;
  project: ProjectRecord | undefined;
}

/** A request that has passed the gateway. */
export interface AdmittedRequest extends ApiRequest {
  params: Record<string, string>;
  caller: Caller | undefined;
  /** The fault that applies to this call and changes what an operation does, if any. */
  fault: FaultAction | undefined;
}

export interface ApiReply {
  status: number;
  body?: Record<string, unknown>;
  text?: string;
  headers?: Record<string, string>;
}
