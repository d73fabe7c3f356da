/**
 * The body of a login, and which project it asks for. Source: IAM API, "Obtaining a User Token Through Password Authentication".
 * MFA codes and agencies are not imitated: such a login is refused as an invalid request.
 */
import * as z from "zod";
import type { ProjectRecord, UserRecord } from "./records.ts";
import type { World } from "./world.ts";

const domain = z.object({ id: z.string().optional(), name: z.string().optional() });
const userSchema = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  password: z.string(),
  domain: domain.optional(),
});

export const loginSchema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()).min(1),
      password: z.object({ user: userSchema }).optional(),
      token: z.object({ id: z.string() }).optional(),
    }),
    scope: z
      .object({
        project: z
          .object({ id: z.string().optional(), name: z.string().optional(), domain: domain.optional() })
          .optional(),
        domain: domain.optional(),
      })
      .optional(),
  }),
});
export type Login = z.output<typeof loginSchema>["auth"];
export type PasswordUser = z.output<typeof userSchema>;

/** The user a password login names; a name alone is not enough, because it is unique in its domain only. */
export function namedUser(wanted: PasswordUser, world: World): UserRecord | undefined {
  const { id, name, domain: of } = wanted;
  const users = world.store.users;
  if (id !== undefined) return [...users.values()].find((user) => user.id === id);
  if (of?.name !== undefined) return users.get(`${of.name}/${name}`);
  return [...users.values()].find((user) => user.name === name && user.domainId === of?.id);
}

/** The project that a login of `domainName` wants, by id or by name; undefined when there is none or it wants none. */
export function scopedProject(login: Login, domainName: string, world: World): ProjectRecord | undefined {
  const wanted = login.scope?.project;
  if (wanted === undefined) return undefined;
  const { id, name } = wanted;
  return [...world.store.projects.values()].find(
    (project) => project.domainName === domainName && (id === undefined ? project.name === name : project.id === id),
  );
}

/** The project that a body wants to log in to, whoever sends it; undefined when it is no login or names none. */
export function projectOfLogin(body: unknown, world: World): ProjectRecord | undefined {
  const parsed = loginSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { auth } = parsed.data;
  const { password, token } = auth.identity;
  const user =
    password === undefined
      ? world.store.users.get(world.store.tokens.get(token?.id ?? "")?.userKey ?? "")
      : namedUser(password.user, world);
  return user === undefined ? undefined : scopedProject(auth, user.domainName, world);
}
