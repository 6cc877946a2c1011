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

const pairs = ['a', 'b', 'c', 'd', ' ', '-', 'bc', 'ab', 'cd', 'aa', ' ab', 'aab'];
const bytes = (more, tokens = pairs) => make({ tokeniser: 'bpe', separators: [], length: 8, ...more }, tokens);

test('byte pairs, in the order in which they were merged', () => {
  for (const [text, parts] of [['abcd', 'a|bc|d'], ['abd cd', 'ab|d| |cd'], ['aaaaa', 'aa|aa|a'], ['aab ab', 'aab| ab'], ['AB\u2212Cd', 'AB|\u2212|Cd'], ['', '']]) {
    const reading = bytes().read(text);
    assert.deepEqual(reading.parts, parts.split('|').filter(Boolean));
    assert.deepEqual(reading.ids, reading.parts.map((part) => pairs.indexOf(part.toLowerCase().replace('\u2212', '-'))));
  }
  assert.equal(bytes().join(['ab', ' ', 'cd']), 'ab cd');
});

test('what is refused of byte pairs is said', () => {
  const says = (text, more) => { const one = bytes(more); return one.refuse(one.read(text)); };
  assert.equal(says('abe'), '“e” is not among the 6 characters');
  assert.equal(says('abcd', { length: 2 }), '3 tokens are too many, 2 fit');
  assert.equal(says(''), 'type at least one token');
  assert.deepEqual(bytes({}, ['K', 'i', 'Ki', '<end>']).like('k', 5), ['K']);
  assert.deepEqual(bytes({}, ['K', 'i', 'Ki', '<end>']).like('<', 5), []);
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

test('a text of four hundred characters is byte pairs in well under a millisecond', () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz '];
  const couples = letters.flatMap((a) => letters.map((b) => a + b));
  const one = bytes({ length: 400 }, [...letters, ...couples, ...couples.slice(0, 400).map((two, i) => two + couples[i * 7 % 729])]);
  const texts = Array.from({ length: 100 }, (_, t) => Array.from({ length: 400 }, (_, i) => letters[(i * i * (t + 3) + i * t) % 27]).join(''));
  texts.forEach((text) => one.read(text));
  const times = texts.map((text) => { const begun = performance.now(); one.read(text); return performance.now() - begun; });
  assert.ok(times.sort((a, b) => a - b)[50] < 1);
});
