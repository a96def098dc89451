/** Has equal questions share one piece of work. */
export type Shared<Value> = (key: string, work: () => Promise<Value>) => Promise<Value>;

/**
 * A fresh store of shared work: with `keep` results stay for whoever asks later, else they are shared only while the
 * work goes on. What failed is forgotten, so that it can be asked for again.
 */
export const createShared = <Value>({ keep }: { readonly keep: boolean }): Shared<Value> => {
  const known = new Map<string, Promise<Value>>();
  return (key, work) => {
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const started = work();
    known.set(key, started);
    const forget = (): void => {
      known.delete(key);
    };
    started.then(keep ? undefined : forget, forget);
    return started;
  };
};
