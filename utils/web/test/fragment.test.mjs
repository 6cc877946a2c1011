import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './load.mjs';

const { parse, split, write } = await load('fragment.ts');
const slider = (name, extra) => ({ kind: 'slider', name, label: name, value: 1, min: -3, max: 3, step: 0.1, scale: 'linear', integer: false, unit: '', format: '.2f', ...extra });
const spec = {
  name: 'two-gaussians', play: { speeds: [], speed: 0, until: null, restarts: [] },
  controls: [slider('mu'), slider('n', { integer: true, value: 2 }), { kind: 'toggle', name: 'on', label: 'On', value: false },
    { kind: 'choice', name: 'way', label: 'Way', value: 0, options: ['there', 'back'] }, { kind: 'seed', name: 'seed', label: 'Seed', value: 0, max: 99 }],
};
const initial = { mu: 1, n: 2, on: false, way: 0, seed: 0 };

test('a state goes to a link and back', () => {
  const values = { mu: -0.55, n: 3, on: true, way: 1, seed: 7 };
  const { name, query } = split('#' + write(spec, values, 240));
  assert.equal(name, 'two-gaussians');
  assert.deepEqual(parse(query, spec), { values, step: 240, notes: [] });
});

test('the default state needs no link', () => assert.equal(write(spec, initial, 0), ''));

test('what is out of range goes to the nearest end, and is said', () => {
  const { values, notes } = parse('mu=99&n=1.6&seed=-1', spec);
  assert.deepEqual(values, { mu: 3, n: 2, seed: 0 });
  assert.deepEqual(notes, ['The link asked for mu = 99; it ends at 3.', 'The link asked for n = 1.6; it takes whole numbers.', 'The link asked for Seed = -1; it starts at 0.']);
});

test('garbage is refused, and said', () => {
  const { values, step, notes } = parse('mu=abc&on=perhaps&way=7&seed=&step=-3&other=1&%E0%A4%A=2&&=', spec);
  assert.deepEqual([values, step, notes.length], [{}, 0, 7]);
});

test('steps have an end', () => assert.equal(parse('step=99999999', spec).step, 5000));
test('options by name, switches by word', () => assert.deepEqual(parse('way=back&on=true', spec).values, { way: 1, on: true }));

const pad = { kind: 'pad', name: 'z', label: 'Where', value: [0, 1], x: slider('z.x', { label: 'east' }), y: slider('z.y', { label: 'north', min: 0 }) };
const padded = { ...spec, controls: [pad], play: null };
test('a point is two numbers', () => {
  assert.equal(write(padded, { z: [0.5, 1.25] }, 0), 'two-gaussians?z=0.5,1.25');
  assert.equal(write(padded, { z: [0, 1] }, 0), '');
  assert.deepEqual(parse('z=0.5,1.25', padded), { values: { z: [0.5, 1.25] }, step: 0, notes: [] });
  assert.deepEqual(parse('z=0.5%2C%201.25', padded).values, { z: [0.5, 1.25] });
});
test('a point out of range goes to the nearest end of each side, and is said', () => {
  const { values, notes } = parse('z=9,-1', padded);
  assert.deepEqual(values, { z: [3, 0] });
  assert.deepEqual(notes, ['The link asked for Where = 9,-1; east ends at 3.', 'The link asked for Where = 9,-1; north starts at 0.']);
});
test('what is no point is refused, and said', () => {
  for (const text of ['1', '1,', ',1', '1,2,3', 'a,b', '', 'NaN,1', '1e999,1']) {
    const { values, notes } = parse(`z=${text}`, padded);
    assert.deepEqual([values, notes.length], [{}, 1], text);
  }
});

const typed = { ...spec, controls: [{ kind: 'text', name: 'text', label: 'Words', value: 'king' }], play: null };
const refuse = (control, text) => (/quee\b/.test(text) ? 'that is no word' : null);
test('typed text goes to a link and back, whatever stands in it', () => {
  for (const text of ['king - man + queen', ' a  b ', '', 'é&b=c?d#e%20/😀', '+']) {
    const { query } = split('#' + write(typed, { text }, 0));
    assert.deepEqual(parse(query, typed, refuse), { values: { text }, step: 0, notes: [] });
  }
});
test('a text that the figure does not take stays away, and is said', () => {
  assert.deepEqual(parse('text=quee+man', typed, refuse), { values: {}, step: 0, notes: ['The link gives “quee man” for Words, and that is no word: it stays.'] });
});

const axis = (label) => ({ label, min: -2, max: 2, low: -2000, steps: 4000, times: 1, over: 1000 });
const points = { kind: 'points', name: 'data', label: 'Data', value: 'ring', presets: [{ name: 'ring', points: '~AAAA' }, { name: 'two moons', points: '~AAAA' }], count: 3, most: 4, x: axis('x'), y: axis('y') };
const pointed = { ...spec, controls: [points], play: null };
test('points are a preset by name, or four characters each', () => {
  for (const [value, link] of [['two moons', 'two%20moons'], ['~AA-gnQMg', '~AA-gnQMg']]) {
    assert.equal(write(pointed, { data: value }, 0), `two-gaussians?data=${link}`);
    assert.deepEqual(parse(`data=${link}`, pointed), { values: { data: value }, step: 0, notes: [] });
  }
  assert.equal(write(pointed, { data: 'ring' }, 0), '');
  assert.deepEqual(parse('data=two+moons', pointed).values, { data: 'two moons' });
});
test('what are no points is refused, and said', () => {
  for (const text of ['spiral', '', '~', '~AAA', '~AAAAAAAAAAAAAAAAAAAA', '~____', '~AA A']) {
    const { values, notes } = parse(`data=${text}`, pointed);
    assert.deepEqual([values, notes.length], [{}, 1], text);
    assert.match(notes[0], /which is not one of the presets, and no points either: it stays/);
  }
});
