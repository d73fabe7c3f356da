// The machine's chance.

import { randomUUID } from "node:crypto";
import type { Chance } from "../ports.ts";

export const systemChance: Chance = { newId: () => randomUUID(), fraction: () => Math.random() };
