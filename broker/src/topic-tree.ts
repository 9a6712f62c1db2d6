/** Whether a filter matches a topic: MQTT 3.1.1, section 4.7, level by level. */
export function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const levels = topic.split('/');
  const wanted = filter.split('/');
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= levels.length || (level !== '+' && level !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}

interface Node<V> {
  readonly children: Map<string, Node<V>>;
  value: V | undefined;
}

const newNode = <V>(): Node<V> => ({ children: new Map(), value: undefined });

/**
 * Values by topic or by topic filter, one node a level, so that a look-up costs the depth of the topic and not the number
 * of entries. Wildcards follow MQTT 3.1.1, section 4.7: `+` one level, `#` the parent and everything below, neither at
 * the first level for topics that begin with `$`.
 */
export class TopicTree<V> {
  readonly #root = newNode<V>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(path: string): V | undefined {
    let node: Node<V> | undefined = this.#root;
    for (const level of path.split('/')) node = node?.children.get(level);
    return node?.value;
  }

  set(path: string, value: V): void {
    let node = this.#root;
    for (const level of path.split('/')) {
      let next = node.children.get(level);
      if (!next) {
        next = newNode();
        node.children.set(level, next);
      }
      node = next;
    }
    if (node.value === undefined) this.#size += 1;
    node.value = value;
  }

  delete(path: string): void {
    const levels = path.split('/');
    const way = [this.#root];
    for (const level of levels) {
      const next = way.at(-1)?.children.get(level);
      if (!next) return;
      way.push(next);
    }
    const last = way.at(-1) as Node<V>;
    if (last.value === undefined) return;
    last.value = undefined;
    this.#size -= 1;
    for (let i = levels.length; i > 0; i -= 1) {
      const node = way[i] as Node<V>;
      if (node.value !== undefined || node.children.size > 0) break;
      (way[i - 1] as Node<V>).children.delete(levels[i - 1] as string);
    }
  }

  /** Values stored under the filters that match `topic`. */
  matchingTopic(topic: string): V[] {
    const found: V[] = [];
    const levels = topic.split('/');
    const walk = (node: Node<V>, at: number) => {
      const wild = at > 0 || !topic.startsWith('$');
      if (wild) {
        const rest = node.children.get('#')?.value;
        if (rest !== undefined) found.push(rest);
      }
      if (at === levels.length) {
        if (node.value !== undefined) found.push(node.value);
        return;
      }
      const exact = node.children.get(levels[at] as string);
      if (exact) walk(exact, at + 1);
      const any = wild ? node.children.get('+') : undefined;
      if (any) walk(any, at + 1);
    };
    walk(this.#root, 0);
    return found;
  }

  /** Values stored under the topics that `filter` matches. */
  matchingFilter(filter: string): V[] {
    const found: V[] = [];
    const levels = filter.split('/');
    const all = (node: Node<V>, first: boolean) => {
      if (node.value !== undefined) found.push(node.value);
      for (const [level, child] of node.children) if (!first || !level.startsWith('$')) all(child, false);
    };
    const walk = (node: Node<V>, at: number) => {
      const level = levels[at];
      if (level === '#') all(node, at === 0);
      else if (level === undefined) {
        if (node.value !== undefined) found.push(node.value);
      } else if (level === '+') {
        for (const [name, child] of node.children) if (at > 0 || !name.startsWith('$')) walk(child, at + 1);
      } else {
        const child = node.children.get(level);
        if (child) walk(child, at + 1);
      }
    };
    walk(this.#root, 0);
    return found;
  }
}
