/** A heap: the least of what was put in is found at once. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  /** The least item; undefined when there is none. */
  get least(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const above = items[parent];
      if (above === undefined || this.#compare(above, item) <= 0) break;
      items[index] = above;
      index = parent;
    }
    items[index] = item;
  }

  removeLeast(): void {
    const items = this.#items;
    const item = items.pop();
    if (item === undefined || items.length === 0) return;
    let index = 0;
    for (;;) {
      const [left, right] = [items[2 * index + 1], items[2 * index + 2]];
      if (left === undefined) break;
      const isRight = right !== undefined && this.#compare(right, left) < 0;
      const below = isRight ? right : left;
      if (this.#compare(item, below) <= 0) break;
      items[index] = below;
      index = 2 * index + (isRight ? 2 : 1);
    }
    items[index] = item;
  }
}
