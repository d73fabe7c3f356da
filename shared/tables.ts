// Keys and indexes of the two tables, as data: infra/ builds them in AWS, local/ in the embedded store.

export const policiesTable = { partitionKey: "policyId" } as const;

/** The index is sparse: an item without `lane` is at rest. Keys only: whatever is due is read again from the table. */
export const ledgerTable = {
  partitionKey: "pk",
  sortKey: "sk",
  dueIndex: { name: "due", partitionKey: "lane", sortKey: "dueAt" },
} as const;
