/** Levenshtein's distance of two short texts. */
const distance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[right.length] ?? 0;
};

/** The known name that a misspelt one most likely means; undefined when none is near. */
export const nearest = (text: string, known: readonly string[]): string | undefined => {
  const limit = Math.max(1, Math.floor(text.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const name of known) {
    if (Math.abs(name.length - text.length) > limit) continue;
    const steps = distance(text, name);
    if (steps < least) {
      best = name;
      least = steps;
    }
  }
  return best;
};
