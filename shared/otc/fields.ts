/** Schemas of fields that occur in several resources. Texts arrive trimmed (see `json-body.ts`). */
import * as z from "zod";
import { isOtcId } from "./ids.ts";
import { parseOtcTime } from "./times.ts";

export const idField = z.string().refine(isOtcId, "not an OTC id");

/** Characters that act upon a terminal, a log or a mail instead of being read in it. */
const treacherous = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text that may be missing or null. A name is anyone's to give: what would act upon a terminal becomes `?`. */
export const textField = z
  .string()
  .nullish()
  .transform((value) => value?.replace(treacherous, "?") ?? "");

/** A time stamp; anything unreadable is undefined. */
export const timeField = z.unknown().optional().transform(parseOtcTime);

export const totalField = z
  .int()
  .nonnegative()
  .nullish()
  .transform((value) => value ?? undefined);

/** A number that may also arrive as text; anything else is undefined, never an error. */
export const numberField = z
  .unknown()
  .optional()
  .transform((value) => {
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
  });
