import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './load.mjs';

const { feed, inWords, list, pack, readList, unpack } = await load('points.ts');
const axis = (label, max) => ({ label, min: -2, max, low: -2000, steps: (max + 2) * 1000, times: 1, over: 1000 });
const spec = { kind: 'points', name: 'data', label: 'Data', value: 'two', presets: [{ name: 'two', points: '~AAAAAAAA' }], count: 3, most: 4, x: axis('x', 2), y: axis('y', 2) };
const some = pack([0, 4000, 2512, 800]);

test('points go to text and back', () => {
  assert.equal(some, '~AA-gnQMg');
  assert.deepEqual(unpack(some, spec), [0, 4000, 2512, 800]);
  assert.equal(list(unpack(some, spec), spec), '-2, 2\n0.512, -1.2');
});

test('a program is fed a fixed count', () => {
  assert.deepEqual(feed(some, spec), [-2, 2, -2, 2, 0.512, -1.2]);
  assert.deepEqual(feed(pack([0, 0, 1, 1, 2, 2, 3, 3]), spec), [-2, -2, -1.999, -1.999, -1.998, -1.998]);
});

test('words', () => {
  assert.deepEqual(['ring', pack([1, 1]), some].map(inWords), ['ring', 'your 1 point', 'your 2 points']);
});

test('a list is read as people and programs write it', () => {
  for (const text of ['0.5, -1.2\n1 1', ' 0.5;\u22121.2 \r\n\r\n(1, 1)\n', '[[0.5 -1.2],\n [1. 1.]]', '5e-1\t-1.20001\n+1,1,', '.5,-1.2\n1,01']) {
    assert.deepEqual(readList(text, spec), { places: [2500, 800, 3000, 3000], problem: null }, text);
  }
  assert.deepEqual(readList(' \n()', spec), { places: [], problem: null });
});

test('a line that is no point is named, with what it should be', () => {
  const problem = (text) => readList(text, spec).problem;
  for (const wrong of ['1', '1, 2, 3', 'a, b', '0,5; 1', '1, ', '0x1, 1', 'Infinity, 1', 'NaN 1', '1e999999, 1']) assert.match(problem(wrong), /^line 1, “/, wrong);
  assert.equal(problem('1, 1\n\n0.5 up\n1, 1'), 'line 3, “0.5 up”, is not two numbers, such as 0.5, -1.2');
  assert.equal(problem('1, 1\n1, 3\nnonsense\n'), 'line 2, “1, 3”: y goes from -2 to 2 (and 1 more line is wrong)');
  assert.equal(problem('1 1\n'.repeat(5)), '5 points are too many, there can be 4');
});
