/** Runs the reactions of promises that are settled, and of those that these settle. */
export async function settled(): Promise<void> {
  for (let count = 0; count < 30; count += 1) await Promise.resolve();
}
