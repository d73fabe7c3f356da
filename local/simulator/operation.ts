/**
 * What an operation of the simulated API is, and how a request finds its operation. The list of all operations is in operations.ts.
 */
import type { AdmittedRequest, ApiReply } from "./exchange.ts";
import type { World } from "./world.ts";

export interface Operation {
  /** Name in the call log and in fault rules. */
  name: string;
  method: string;
  /** Template such as `/v3/{projectId}/backups/{backupId}`. */
  path: string;
  service: "iam" | "rds";
  /** open: no credentials; caller: any; project: scoped to the project of the path. */
  access: "open" | "caller" | "project";
  /** The permission it needs, if any. */
  action?: string;
  /** Takes effect and answers; throws Refusal. */
  answer(request: AdmittedRequest, world: World): ApiReply;
}

export interface Route {
  operation: Operation;
  params: Record<string, string>;
}

const templates = new Map<string, readonly string[]>();

/** A path in its parts, without a trailing slash; remembered, because every request is compared with all of them. */
function partsOf(template: string): readonly string[] {
  const known = templates.get(template) ?? template.replace(/\/$/, "").split("/");
  templates.set(template, known);
  return known;
}

function matchPath(template: string, segments: readonly string[]): Record<string, string> | undefined {
  const wanted = partsOf(template);
  if (wanted.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith("{")) params[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

/** The operation that a method and path stand for; a trailing slash is ignored. */
export function findRoute(operations: readonly Operation[], method: string, rawPath: string): Route | undefined {
  const segments = rawPath.replace(/\/$/, "").split("/").map(decodeSegment);
  for (const operation of operations) {
    if (operation.method !== method) continue;
    const params = matchPath(operation.path, segments);
    if (params !== undefined) return { operation, params };
  }
  return undefined;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
