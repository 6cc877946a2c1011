import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './load.mjs';

const { sayTokens, tokenName, tokenRows } = await load('token_rows.ts');
const { Vocabulary } = await load('vocabulary.ts');
const { contrast, roles, tints } = await load('palette.ts');
const letters = [...'.abc'];
const rows = (shape, ids, stop = 0, vocabulary = letters) => tokenRows({ shape, data: Int32Array.from(ids) }, new Vocabulary(vocabulary).text, stop);

test('one text is one row', () => assert.deepEqual(rows([3], [1, 2, 3]), [['a', 'b', 'c']]));

test('a row ends before its first stop', () => {
  assert.deepEqual(rows([3, 3], [1, 0, 2, 3, 3, 3, 0, 1, 1]), [['a'], ['c', 'c', 'c'], []]);
  assert.deepEqual(rows([2, 2], [1, 0, 0, 2], null), [['a', '.'], ['.', 'b']]);
});

test('a sentence says texts, or one of them', () => {
  const say = (shape, ids, ...more) => sayTokens({ shape, data: Int32Array.from(ids) }, new Vocabulary(letters).text, 0, ...more);
  assert.equal(say([3, 2], [1, 2, 0, 1, 3, 9]), 'ab, nothing, c\ufffd');
  assert.equal(say([3, 2], [1, 2, 0, 1, 3, 9], 2), 'c\ufffd');
  assert.equal(say([4], [1, 2, 0, 3]), 'ab');
  assert.equal(say([4], [1, 2, 0, 3], 1), 'b');
  assert.equal(say([4], [1, 2, 0, 3], 2), 'nothing');
  assert.equal(say([2], [1, 2], undefined, ', '), 'a, b');
});

test('the words of the first state are there before the vocabulary', async () => {
  const vocabulary = new Vocabulary(() => Promise.resolve(letters), { 2: 'b' });
  assert.deepEqual([vocabulary.text(2), vocabulary.text(1), vocabulary.letters], ['b', '\ufffd', 1]);
  await vocabulary.load();
  assert.equal(vocabulary.text(1), 'a');
});

test('an id outside the vocabulary is seen', () => {
  assert.deepEqual(rows([4], [1, -1, 4, 2]), [['a', '\ufffd', '\ufffd', 'b']]);
  assert.deepEqual(tokenRows({ shape: [2], data: Uint32Array.of(4294967295, 1) }, new Vocabulary(letters).text, 0), [['\ufffd', 'a']]);
  assert.deepEqual(rows([2], [9, 1], 9), [[]]); // a stop is a stop
});

test('nothing is no rows, or rows of nothing', () => {
  assert.deepEqual(rows([0], []), [[]]);
  assert.deepEqual(rows([2, 0], []), [[], []]);
  assert.deepEqual(rows([0, 5], []), []);
});

test('tokens are text as it stands', () => {
  const vocabulary = ['the', ' end', '\n', '👋', 'constructor'];
  assert.equal(rows([5], [0, 1, 2, 3, 4], null, vocabulary)[0].join(''), 'the end\n👋constructor');
});

test('a token alone shows its blanks and is not long', () => {
  assert.deepEqual([' ', '\n', '', '\ufffd', 'constructor', ' the\n'].map(tokenName), ['space', 'new line', 'nothing', 'not in the vocabulary', 'constructor', '␣the↵']);
  assert.equal(tokenName('👋'.repeat(30)), '👋'.repeat(23) + '…');
});

test('text is readable on every tint, and tints go one way', () => {
  for (const mode of ['light', 'dark']) {
    const ink = [1, 3, 5].map((i) => parseInt(roles.plain[mode].slice(i, i + 2), 16));
    const seen = tints(mode).map((tint) => contrast(ink, tint.match(/\d+/g).map(Number)));
    assert.equal(seen.length, 256);
    assert.ok(Math.min(...seen) >= 4.5, `${mode}: ${Math.min(...seen)}`);
    seen.forEach((now, i) => assert.ok(i === 0 || now <= seen[i - 1] + 0.1, `${mode}: ${i}`));
    assert.ok(seen[0] / seen[255] > 1.8, `${mode}: the ends look alike`);
  }
});

test('contrast is WCAG’s', () => {
  assert.equal(contrast([0, 0, 0], [255, 255, 255]).toFixed(1), '21.0');
  assert.equal(contrast([118, 118, 118], [255, 255, 255]).toFixed(2), '4.54');
});
