/** Answers a question once: equal keys share one piece of work, and its result afterwards. */
export type Shared<Value> = (key: string, work: () => Promise<Value>) => Promise<Value>;

/** A fresh store of shared work. What failed is forgotten, so that it can be asked for again. */
export const createShared = <Value>(): Shared<Value> => {
  const known = new Map<string, Promise<Value>>();
  return (key, work) => {
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const started = work();
    known.set(key, started);
    started.catch(() => known.delete(key));
    return started;
  };
};
