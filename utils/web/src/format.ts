// Numbers as Python writes them: the codes [+][,][.N](f|g|d|e|%), and sentences with {name:code} in them.

const CODE = /^(\+?)(,?)(?:\.(\d+))?([fgde%]?)$/;

/** `format(x, code)` of Python; not-a-number and infinities in words and signs. */
export function formatNumber(x: number, code = ''): string {
  if (Number.isNaN(x)) return 'not finite';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : '-∞';
  const found = CODE.exec(code);
  if (!found) return String(x);
  const [, plus, comma, digits, letter] = found;
  const places = digits === undefined ? 6 : Number(digits);
  let text: string;
  switch (letter) {
    case 'd': text = fixed(x, 0); break;
    case 'f': text = fixed(x, places); break;
    case 'e': text = exponent(x, places); break;
    case '%': text = fixed(x * 100, places) + '%'; break;
    default: text = general(x, places);
  }
  if (comma) text = text.replace(/^(-?)(\d+)/, (_, sign, whole) => sign + whole.replace(/\B(?=(\d{3})+$)/g, ','));
  return plus && !text.startsWith('-') ? '+' + text : text;
}

/** `toFixed` rounds exact halves away from zero, Python to even. */
function fixed(x: number, places: number): string {
  if (Math.abs(x) >= 1e21) return BigInt(x).toString() + (places ? '.' + '0'.repeat(places) : '');
  const text = x.toFixed(places);
  const longer = x.toFixed(Math.min(100, places + 30));
  const cut = longer.length - 30;
  if (places > 70 || !/^50*$/.test(longer.slice(cut))) return keepSign(text, x);
  const towardsZero = longer.slice(0, cut).replace(/\.$/, ''); // x is an exact half
  return keepSign(Number(towardsZero.slice(-1)) % 2 ? text : towardsZero, x);
}
const keepSign = (text: string, x: number) => (Object.is(x, -0) && !text.startsWith('-') ? '-' + text : text);

function exponent(x: number, places: number): string {
  const longer = x.toExponential(Math.min(100, places + 30));
  let text = x.toExponential(places);
  const [mantissa, power] = longer.split('e') as [string, string];
  if (/^50*$/.test(mantissa.slice(-30)) && places < 70) {
    const kept = mantissa.slice(0, -30).replace(/\.$/, '');
    if (Number(kept.replace('.', '').slice(-1)) % 2 === 0) text = `${kept}e${power}`;
  }
  return keepSign(text.replace(/e([+-])(\d)$/, 'e$10$2'), x);
}

function general(x: number, places: number): string {
  const digits = places || 1;
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  const scientific = exponent(x, digits - 1);
  const power = Number(scientific.split('e')[1]);
  if (power < -4 || power >= digits) return scientific.replace(/\.?0*e/, (tail) => (scientific.includes('.') ? 'e' : tail));
  const text = fixed(x, digits - 1 - power);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

export type Lookup = (name: string, code: string, index?: number) => string;

/** "KL is {kl:.2f} nats" with each {name:code} and {name[0]:code} replaced by `lookup`; {{ and }} are braces. */
export function fill(sentence: string, lookup: Lookup): string {
  return sentence.replace(/\{\{|\}\}|\{(\w+)(?:\[(\d+)\])?(?::([^{}]*))?\}/g, (whole, name, index, code) =>
    whole === '{{' ? '{' : whole === '}}' ? '}' : lookup(name, code ?? '', index && Number(index)));
}
