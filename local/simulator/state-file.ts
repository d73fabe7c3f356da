/**
 * State on disk: one JSON line per changed record, the last one of a record counts. On start the file is read and rewritten without
 * its history, atomically. A line cut short by a crash is tolerated at the end only.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import {
  accessKeySchema,
  backupSchema,
  instanceSchema,
  jobSchema,
  projectSchema,
  tokenSchema,
  userSchema,
} from "./records.ts";
import type { RecordKind, RecordKinds, Store } from "./store.ts";

const lineSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("project"), at: z.number(), record: projectSchema }),
  z.object({ kind: z.literal("user"), at: z.number(), record: userSchema }),
  z.object({ kind: z.literal("key"), at: z.number(), record: accessKeySchema }),
  z.object({ kind: z.literal("token"), at: z.number(), record: tokenSchema }),
  z.object({ kind: z.literal("instance"), at: z.number(), record: instanceSchema }),
  z.object({ kind: z.literal("backup"), at: z.number(), record: backupSchema }),
  z.object({ kind: z.literal("job"), at: z.number(), record: jobSchema }),
]);
type Line = z.output<typeof lineSchema>;

function put(store: Store, line: Line): void {
  switch (line.kind) {
    case "project":
      store.putProject(line.record);
      break;
    case "user":
      store.putUser(line.record);
      break;
    case "key":
      store.putKey(line.record);
      break;
    case "token":
      store.putToken(line.record);
      break;
    case "instance":
      store.putInstance(line.record);
      break;
    case "backup":
      store.putBackup(line.record);
      break;
    case "job":
      store.putJob(line.record);
      break;
  }
}

function parseLine(text: string, isLast: boolean, where: string): Line | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    if (isLast) return undefined;
    throw new Error(`${where} is not JSON; move the file away to start with a fresh fleet`, { cause });
  }
  const parsed = lineSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`${where} is not a record of this simulator; move the file away to start with a fresh fleet`, {
    cause: parsed.error,
  });
}

/** Reads the file into the store over what is there; the simulated instant of the last change, or undefined without a file. */
export function loadState(path: string, store: Store): number | undefined {
  if (!existsSync(path)) return undefined;
  const texts = readFileSync(path, "utf8")
    .split("\n")
    .filter((text) => text !== "");
  let lastAt: number | undefined;
  for (const [index, text] of texts.entries()) {
    const line = parseLine(text, index === texts.length - 1, `${path}, record ${index + 1}`);
    if (line === undefined) continue;
    put(store, line);
    lastAt = line.at;
  }
  return lastAt;
}

export class StateFile {
  private readonly path: string;
  private readonly now: () => number;

  constructor(path: string, now: () => number) {
    this.path = path;
    this.now = now;
  }

  private line(kind: RecordKind, record: RecordKinds[RecordKind]): string {
    return `${JSON.stringify({ kind, at: this.now(), record })}\n`;
  }

  /** Appends one change; on return it survives the end of this process. */
  append(kind: RecordKind, record: RecordKinds[RecordKind]): void {
    appendFileSync(this.path, this.line(kind, record));
  }

  /** Replaces the file by the store's present content in one step. */
  rewrite(store: Store): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const parts: string[] = [];
    const write = (kind: RecordKind, records: Iterable<RecordKinds[RecordKind]>) => {
      for (const record of records) parts.push(this.line(kind, record));
    };
    write("project", store.projects.values());
    write("user", store.users.values());
    write("key", store.keys.values());
    write("token", store.tokens.values());
    write("instance", store.instances.values());
    write("backup", store.backups.values());
    write("job", store.jobs.values());
    const temporary = `${this.path}.new`;
    writeFileSync(temporary, parts.join(""), { mode: 0o600 });
    renameSync(temporary, this.path);
  }
}
