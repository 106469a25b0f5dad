/** Runs at most `limit` of the tasks at a time; the results are in the order of the items. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      // One lane does its items one after the other; the lanes are the parallelism.
      // oxlint-disable-next-line no-await-in-loop
      results[i] = await work(items[i]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}

/** How many go.mod files and the like are asked for at once. */
export const lanes = 24;
