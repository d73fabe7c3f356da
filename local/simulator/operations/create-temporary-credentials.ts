/**
 * POST /v3.0/OS-CREDENTIAL/securitytokens: a temporary AK/SK with a security token, for the holder of a token.
 * Source: IAM API, "Obtaining a Temporary AK/SK". Agencies are not imitated.
 */
import * as z from "zod";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { readBody } from "../request-fields.ts";
import { formatMicros } from "../time-format.ts";
import type { World } from "../world.ts";

const bodySchema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.literal("token")).min(1),
      token: z.object({ duration_seconds: z.int().min(900).max(86_400).default(900) }).optional(),
    }),
  }),
});

function answer(request: AdmittedRequest, world: World): ApiReply {
  const { identity } = readBody(request, bodySchema, world).auth;
  const user = request.caller?.user;
  if (user === undefined) throw world.refusal("iamUnauthenticated");
  const number = world.store.keys.size;
  const expiresAt = request.at + (identity.token?.duration_seconds ?? 900) * 1000;
  const accessKey = `TEMPORARY${world.chance.hex32("ak", number).slice(0, 11).toUpperCase()}`;
  const secretKey = world.chance.text(40, "sk", number);
  const securityToken = world.chance.text(400, "security-token", number);
  world.store.putKey({
    accessKey,
    secretKey,
    userKey: user.key,
    securityToken,
    expiresAt,
    failures: 0,
    lockedUntilAt: null,
  });
  const credential = {
    access: accessKey,
    secret: secretKey,
    securitytoken: securityToken,
    expires_at: formatMicros(expiresAt),
  };
  return { status: 201, body: { credential } };
}

export const createTemporaryCredentials: Operation = {
  name: "create-temporary-credentials",
  method: "POST",
  path: "/v3.0/OS-CREDENTIAL/securitytokens",
  service: "iam",
  access: "caller",
  answer,
};
