// Makes every bundle of a list, although one of them fails: while one loader is broken the others are fresh.

/** @returns {Promise<void>} rejects in the end with everything that failed */
export async function each(items, make) {
  const failures = [];
  for (const item of items) {
    try {
      await make(item);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new Error(failures.map((failure) => failure.message).join('\n'));
}
