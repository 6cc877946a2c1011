import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './load.mjs';

const { fill, formatNumber } = await load('format.ts');

// Python: [format(x, code) for …]
const python = [
  [0.5, '.0f', '0'], [1.5, '.0f', '2'], [2.5, '.0f', '2'], [-2.5, '.0f', '-2'], [0.125, '.2f', '0.12'], [0.375, '.2f', '0.38'], [2.675, '.2f', '2.67'],
  [1.005, '.2f', '1.00'], [-0.0, '.1f', '-0.0'], [-0.04, '.1f', '-0.0'], [1e22, '.1f', '10000000000000000000000.0'], [3, 'f', '3.000000'],
  [1234567.891, ',.2f', '1,234,567.89'], [-1234.5, ',.0f', '-1,234'], [12345, ',d', '12,345'], [240, 'd', '240'],
  [0.00001234, '.2e', '1.23e-05'], [12345.678, '.3e', '1.235e+04'], [2.5, '.0e', '2e+00'], [0, '.2e', '0.00e+00'], [1e-300, 'e', '1.000000e-300'],
  [0.0001, 'g', '0.0001'], [0.00001, 'g', '1e-05'], [123456, 'g', '123456'], [1234567, 'g', '1.23457e+06'], [100000, '.3g', '1e+05'], [0.1, '.3g', '0.1'],
  [0.01, '.3g', '0.01'], [1, '.3g', '1'], [10, '.1g', '1e+01'], [9.9999, '.3g', '10'], [0, 'g', '0'], [1500000, '.2g', '1.5e+06'],
  [0.1234, '.1%', '12.3%'], [0.5, '%', '50.000000%'], [0.125, '.0%', '12%'], [1.5, '+.1f', '+1.5'],
];

test('numbers as Python writes them', () => {
  for (const [x, code, wanted] of python) assert.equal(formatNumber(x, code), wanted, `format(${x}, '${code}')`);
});

test('what is no number is said in words', () => {
  assert.equal(formatNumber(NaN, '.2f'), 'not finite');
  assert.equal(formatNumber(Infinity, '.2f'), '∞');
  assert.equal(formatNumber(-Infinity), '-∞');
});

test('sentences', () => {
  const lookup = (name, code, index) => `<${name}|${code}${index === undefined ? '' : `|${index}`}>`;
  assert.equal(fill('KL is {kl:.2f} at {mu}, {{so}}', lookup), 'KL is <kl|.2f> at <mu|>, {so}');
  assert.equal(fill('{words[0]} and {scores[12]:.2f}', lookup), '<words||0> and <scores|.2f|12>');
});
