import { expect, it } from 'vitest';
import { startSpending } from './budget.ts';
import { believe, type OpenerOptions, observed, propose, resolve, settle, startOpener } from './opener.ts';

const options: OpenerOptions = { horizonHours: 100, falsePerDeviceMonth: 0.1, learned: {} };
const sure = (probability: number) => ({ probability, urgency: 1 });

it('a device model whose alarms mostly mean nothing is believed less, one order after the other', () => {
  const books = startOpener();
  const said: number[] = [];
  for (let i = 0; i < 200; i += 1) {
    const at = i * 10;
    observed(books, 'new', 0, 730.5, options);
    settle(books, at, options);
    said.push(believe(books, 'new', 0.9));
    propose(books, `d${i} pump`, 'new', at, sure(0.9), options);
    // One in ten fails.
    if (i % 10 === 0) resolve(books, `d${i} pump`, true, options);
  }
  expect(said[0]).toBe(0.9);
  expect(said.at(-1)).toBeLessThan(0.6);
  expect(believe(books, 'another', 0.9)).toBe(0.9);
});

it('failures that come to light early do not make the rest look surer', () => {
  const books = startOpener();
  observed(books, 'new', 0, 73_050, options);
  for (let i = 0; i < 20; i += 1) propose(books, `d${i} pump`, 'new', 0, sure(0.5), options);
  for (let i = 0; i < 10; i += 1) resolve(books, `d${i} pump`, true, options);
  settle(books, 50, options);
  expect(believe(books, 'new', 0.5)).toBe(0.5);
  settle(books, 100, options);
  expect(believe(books, 'new', 0.5)).toBeCloseTo(0.5, 6);
});

it('a component replaced meanwhile says nothing about what was told', () => {
  const books = startOpener();
  observed(books, 'new', 0, 73_050, options);
  for (let i = 0; i < 20; i += 1) {
    propose(books, `d${i} pump`, 'new', 0, sure(0.5), options);
    resolve(books, `d${i} pump`, false, options);
  }
  settle(books, 100, options);
  expect(believe(books, 'new', 0.5)).toBe(0.5);
});

const wrong = startSpending().wrong.map((_, i) => Math.max(0, 180 - 4 * i));
const trained: OpenerOptions = {
  ...options,
  learned: { A: { deviceMonths: 1000, wrong }, '': { deviceMonths: 1000, wrong } },
};

it('when little of the budget is left only the surest orders are opened', () => {
  const opens = (spent: number, told: number) => {
    const books = startOpener();
    observed(books, 'A', 0, 73_050, trained);
    books.spent = spent;
    return propose(books, 'd pump', 'A', 0, sure(told), trained);
  };
  // Earned ten, five of ten lent are not paid back yet.
  expect(opens(0, 0.45)).toBe(true);
  expect(opens(15, 0.45)).toBe(false);
  expect(opens(15, 0.99)).toBe(true);
  expect(opens(17, 0.99)).toBe(false);
});

it('on a device model that was trained on orders are lent before any is earned', () => {
  const opens = (model: string) => {
    const books = startOpener();
    observed(books, model, 0, 730.5, trained);
    return propose(books, 'd pump', model, 0, sure(0.45), trained);
  };
  expect(opens('A')).toBe(true);
  expect(opens('B')).toBe(false);
});

it('what can wait opens no order that it would open if it could not', () => {
  const opens = (urgency: number) => {
    const books = startOpener();
    observed(books, 'A', 0, 73_050, trained);
    return propose(books, 'd pump', 'A', 0, { probability: 0.45, urgency }, trained);
  };
  expect(opens(1)).toBe(true);
  expect(opens(0.1)).toBe(false);
});

it('what is less pressing than a fresh fault opens no order until more is saved than a year earns', () => {
  const opens = (least: number, years: number) => {
    const books = startOpener();
    for (let year = 0; year < years; year += 1) observed(books, 'A', 8766 * year, 8_766_000, trained);
    return propose(books, 'd pump', 'A', 8766 * years, { probability: 0.1, urgency: 0.5, least }, trained);
  };
  expect(opens(0, 1)).toBe(true);
  expect(opens(0.04, 1)).toBe(true);
  expect(opens(0.06, 1)).toBe(false);
  expect(opens(0.06, 3)).toBe(true);
});
