// "Exactly this value", as a DynamoDB condition. DynamoDB compares maps and lists with `=`; the embedded store does not, so
// those are compared leaf by leaf, their sizes included, as long as that stays short (an expression has 4 KB).

import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export interface Equality {
  readonly parts: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** Longer lists are compared as a whole; stored as sets they can be compared everywhere. */
export const longestComparedList = 40;

/** `alias` is the prefix of every placeholder made here, without `#` or `:`. */
export function equals(field: string, stored: AttributeValue, alias: string): Equality {
  const found: { parts: string[]; names: Record<string, string>; values: Record<string, AttributeValue> } = {
    parts: [],
    names: { [`#${alias}`]: field },
    values: {},
  };
  const place = (value: AttributeValue) => {
    const name = `:${alias}v${Object.keys(found.values).length}`;
    found.values[name] = value;
    return name;
  };
  const compare = (path: string, value: AttributeValue): void => {
    const inner = childrenOf(value);
    if (inner === undefined || inner.length > longestComparedList) {
      found.parts.push(`${path} = ${place(value)}`);
      return;
    }
    found.parts.push(`attribute_type(${path}, ${place({ S: value.M === undefined ? "L" : "M" })})`);
    found.parts.push(`size(${path}) = ${place({ N: String(inner.length) })}`);
    for (const [key, child] of inner) {
      if (typeof key === "number") compare(`${path}[${key}]`, child);
      else {
        const name = `#${alias}n${Object.keys(found.names).length}`;
        found.names[name] = key;
        compare(`${path}.${name}`, child);
      }
    }
  };
  compare(`#${alias}`, stored);
  return found;
}

function childrenOf(value: AttributeValue): [string | number, AttributeValue][] | undefined {
  if (value.M !== undefined) return Object.entries(value.M);
  return value.L?.map((item, i) => [i, item]);
}
