// The page's timers, as proof that the page goes on while something misbehaves.

/** Resolves when the page's timers have fired so often, one after the other. */
export async function beats(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await new Promise((resolve) => setTimeout(resolve, 1));
}
