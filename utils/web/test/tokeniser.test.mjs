import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './load.mjs';

const { Tokeniser } = await load('tokeniser.ts');
const words = ['king', 'queen', 'queens', 'Quebec', 'man', 'x-ray', '+', '-'];
const make = (more, tokens = words) => new Tokeniser({ tokeniser: 'words', separators: ['+', '-'], length: 5, empty: false, ...more }, tokens);
const refused = (text, more) => { const one = make(more); return one.refuse(one.read(text)); };

test('words and signs, spaced or not', () => {
  for (const text of ['king - man + queen', 'King-man+queen', '  king −man\u00a0+queen']) assert.deepEqual(make().feed(text), [0, 7, 4, 6, 1]);
  assert.deepEqual(make().feed('x-ray-X−ray+x-ray'), [5, 7, 5, 6, 5]);
});

test('without separators a sign stands alone', () => {
  assert.deepEqual(make({ separators: [] }).feed('king - man'), [0, 7, 4, -1, -1]);
  assert.equal(refused('king-man', { separators: [] }), '“king-man” is not among the 8 words');
});

test('characters', () => {
  const letters = make({ tokeniser: 'chars', separators: [] }, [...'ab é']);
  assert.deepEqual(letters.feed('b e\u0301'), [1, 2, 3, -1, -1]);
  assert.equal(letters.join(['b', ' ', 'é']), 'b é');
});

test('what is refused is said', () => {
  assert.equal(refused('king-quee'), '“quee” is not among the 6 words');
  assert.equal(refused('king king king king king king'), '6 words and signs are too many, 5 fit');
  assert.equal(refused(' '), 'type at least one word');
  assert.equal(refused('', { empty: true }), null);
  assert.throws(() => make().feed('quee'), /not among/);
});

test('words that begin alike, in the order of the table', () => {
  assert.deepEqual(make().like('Que', 5), ['queen', 'queens', 'Quebec']);
  assert.deepEqual(make().like('que', 2), ['queen', 'queens']);
  assert.deepEqual(make().like('z', 5), []);
});

test('twenty thousand words are found in well under a frame', () => {
  const many = Array.from({ length: 20000 }, (_, i) => `word${i}`);
  const one = make({ separators: [] }, many);
  const begun = performance.now();
  for (let i = 0; i < 100; i++) { one.read(`word1 word${i} word19999`); one.like('zz', 5); }
  assert.ok((performance.now() - begun) / 100 < 4);
});
