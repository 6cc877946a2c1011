// Token ids as text: what a view of tokens shows, apart from the page.
import type { Tensor } from './contract.ts';
import { missing } from './vocabulary.ts';

/** The tokens of each row of ids (length,) or (rows, length): a row ends before its first `stop`. */
export function tokenRows({ shape, data }: Pick<Tensor, 'shape' | 'data'>, text: (id: number) => string, stop: number | null): string[][] {
  const length = shape.at(-1) ?? 0;
  return Array.from({ length: shape.length > 1 ? shape[0]! : 1 }, (_, row) => {
    const ids = data.subarray(row * length, (row + 1) * length);
    const end = stop === null ? -1 : ids.indexOf(stop);
    return Array.from(end < 0 ? ids : ids.subarray(0, end), text);
  });
}

/** What a sentence says of these ids: their texts or, of a single text, its tokens; or that with this index. */
export function sayTokens(ids: Pick<Tensor, 'shape' | 'data'>, text: (id: number) => string, stop: number | null, index?: number, between = ''): string {
  const rows = tokenRows(ids, text, stop);
  const several = ids.shape.length > 1;
  const parts = several ? rows.map((row) => row.join('') || 'nothing') : rows[0]!;
  return (index === undefined ? parts.join(several ? ', ' : between) || undefined : parts[index]) ?? 'nothing';
}

const alone = new Map([['', 'nothing'], [' ', 'space'], ['\n', 'new line'], ['\t', 'tab'], [missing, 'not in the vocabulary']]);
/** A token where it stands alone: blanks are seen, and of a long one its beginning. */
export function tokenName(token: string): string {
  const seen = [...(alone.get(token) ?? token.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '⇥'))];
  return seen.length > 24 ? `${seen.slice(0, 23).join('')}…` : seen.join('');
}

/** An output's name as a reader reads it. */
export const inWords = (output: string) => output.replaceAll('_', ' ');
