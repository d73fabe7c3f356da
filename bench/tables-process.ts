// The embedded tables as a process of their own; tells its parent the address.

import { startEmbeddedTables } from "../local/embedded-tables.ts";

const { url } = await startEmbeddedTables();
process.send?.(url);
