import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches, TopicTree } from './topic-tree.ts';

const name = fc.constantFrom('a', 'b', '', '$x');
const topic = fc.array(name, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(name, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, rest]) => [...levels, ...(rest ? ['#'] : [])].join('/'));

test('filters stored, a topic looked up: the same as comparing with each', () =>
  fc.assert(
    fc.property(fc.uniqueArray(filter), fc.array(filter), topic, (filters, removed, wanted) => {
      const tree = new TopicTree<string>();
      for (const item of filters) tree.set(item, item);
      for (const item of removed) tree.delete(item);
      const left = filters.filter((item) => !removed.includes(item));
      expect(tree.size).toBe(left.length);
      expect(tree.matchingTopic(wanted).sort()).toEqual(left.filter((item) => matches(item, wanted)).sort());
    }),
  ));

test('topics stored, a filter looked up: the same as comparing with each', () =>
  fc.assert(
    fc.property(fc.uniqueArray(topic), fc.array(topic), filter, (topics, removed, wanted) => {
      const tree = new TopicTree<string>();
      for (const item of topics) tree.set(item, item);
      for (const item of removed) tree.delete(item);
      const left = topics.filter((item) => !removed.includes(item));
      expect(tree.matchingFilter(wanted).sort()).toEqual(left.filter((item) => matches(wanted, item)).sort());
    }),
  ));
