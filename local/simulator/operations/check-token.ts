/**
 * GET, HEAD and DELETE /v3/auth/tokens: describe, verify or revoke the token in X-Subject-Token. Source: IAM API, "Verifying a Token".
 */
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { describeToken } from "../token-body.ts";
import { readToken } from "../tokens.ts";
import type { World } from "../world.ts";

function subject(request: AdmittedRequest, world: World): { token: string; body: Record<string, unknown> } {
  const token = request.headers["x-subject-token"] ?? "";
  const caller = readToken(world, token, request.at);
  const record = world.store.tokens.get(token);
  if (caller === "unknown" || caller === "expired" || record === undefined)
    throw world.refusal("projectMissing", "Could not find token.");
  return { token, body: describeToken(record, caller, undefined) };
}

function describe(request: AdmittedRequest, world: World): ApiReply {
  const { token, body } = subject(request, world);
  return { status: 200, headers: { "X-Subject-Token": token }, body };
}

function revoke(request: AdmittedRequest, world: World): ApiReply {
  const record = world.store.tokens.get(subject(request, world).token);
  if (record !== undefined) world.store.putToken({ ...record, expiresAt: request.at });
  return { status: 204 };
}

const common = { path: "/v3/auth/tokens", service: "iam", access: "caller" } as const;

export const getToken: Operation = { ...common, name: "get-token", method: "GET", answer: describe };
export const checkToken: Operation = { ...common, name: "check-token", method: "HEAD", answer: describe };
export const revokeToken: Operation = { ...common, name: "revoke-token", method: "DELETE", answer: revoke };
