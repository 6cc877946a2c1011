// Typed text as token ids. Python does the same: likely/explorable/tokeniser.py; a test holds the two together.
import type { ControlSpec } from './contract.ts';
import { formatNumber } from './format.ts';

export type TextSpec = Extract<ControlSpec, { kind: 'text' }>;
/** The parts of a text and the id of each, -1 for one that is not in the table. */
export interface Reading { parts: string[]; ids: number[] }

const units = { words: ['word', 'words'], chars: ['character', 'characters'], bpe: ['token', 'tokens'] } as const;
const space = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/; // Unicode's White_Space, which \s is not
const longest = 9; // parts of a token that has separators in it: “mother-in-law” has 5
const compose = (text: string) => text.normalize('NFC');
const hyphened = (text: string) => text.replaceAll('\u2212', '-');

export class Tokeniser {
  private readonly ids = new Map<string, number>();
  private readonly split: RegExp;
  private readonly composed: string[];
  private readonly offered: string[]; // what may be typed in place of an unknown part
  private readonly lowered: string[];

  constructor(private readonly spec: Pick<TextSpec, 'tokeniser' | 'separators' | 'length' | 'empty'>, private readonly tokens: string[]) {
    this.composed = tokens.map(compose);
    this.offered = spec.tokeniser === 'bpe' ? this.composed.filter((token) => [...token].length === 1) : tokens;
    this.lowered = this.offered.map((token) => token.toLowerCase());
    this.composed.forEach((token, id) => { if (!this.ids.has(token)) this.ids.set(token, id); });
    const spellings = [...spec.separators].sort((a, b) => b.length - a.length).flatMap((one) => [one, one.replaceAll('-', '\u2212')]);
    this.split = new RegExp(`(${spellings.map((one) => one.replace(/[^\w\s]/g, '\\$&')).join('|')})`);
  }

  /** The typed text that has these parts. */
  join(parts: string[]): string { return parts.join(this.spec.tokeniser === 'words' ? ' ' : ''); }

  read(text: string): Reading {
    const composed = compose(text);
    const parts = this.spec.tokeniser === 'words' ? composed.split(space).flatMap((piece) => this.apart(piece)) : [...composed];
    const reading = { parts, ids: parts.map((part) => this.find(part)) };
    return this.spec.tokeniser === 'bpe' ? this.merge(reading) : reading;
  }

  /** What is wrong with a text, or null. */
  refuse({ parts, ids }: Reading): string | null {
    const { tokeniser, separators, length, empty } = this.spec;
    const [one, many] = units[tokeniser];
    const unknown = ids.indexOf(-1);
    if (unknown >= 0) {
      const letters = [...parts[unknown]!];
      const shown = letters.length > 24 ? letters.slice(0, 24).join('') + '…' : parts[unknown];
      return `“${shown}” is not among the ${formatNumber(this.offered.length - separators.length, ',d')} ${tokeniser === 'bpe' ? units.chars[1] : many}`;
    }
    if (ids.length > length) return `${ids.length} ${many}${separators.length ? ' and signs' : ''} are too many, ${length} fit`;
    return ids.length || empty ? null : `type at least one ${one}`;
  }

  /** What the program is fed; throws for a text that is refused. */
  feed(text: string): number[] {
    const reading = this.read(text);
    const problem = this.refuse(reading);
    if (problem) throw new Error(problem);
    return [...reading.ids, ...Array<number>(this.spec.length - reading.ids.length).fill(-1)];
  }

  /** The first tokens of the table that begin like this; of byte pairs the single characters, the others being made of these. */
  like(part: string, most: number): string[] {
    const begin = hyphened(part).toLowerCase();
    const found: string[] = [];
    for (let i = 0; i < this.offered.length && found.length < most; i++) if (this.lowered[i]!.startsWith(begin)) found.push(this.offered[i]!);
    return found;
  }

  private find(part: string): number {
    const ways = [part, hyphened(part), hyphened(part).toLowerCase()];
    const known = ways.find((way) => this.ids.has(way));
    return known === undefined ? -1 : this.ids.get(known)!;
  }

  /** Characters merged to byte pairs: of the neighbours that make a token together, the pair whose token stands first in the table is merged
   *  wherever it occurs, from left to right; then the next, until no neighbours make a token. */
  private merge({ parts, ids }: Reading): Reading {
    const count = ids.length;
    const never = this.tokens.length;
    const after = ids.map((_, i) => i + 1);
    const before = ids.map((_, i) => i - 1);
    const rank = (i: number) => {
      const [one, two] = [ids[i]!, ids[after[i]!] ?? -1];
      return one < 0 || two < 0 ? never : this.ids.get(this.composed[one]! + this.composed[two]!) ?? never;
    };
    const ranks = ids.map((_, i) => rank(i)); // of a part with the next
    for (;;) {
      let at = 0;
      for (let i = 1; i < count; i++) if (ranks[i]! < ranks[at]!) at = i; // the leftmost of equal ones
      const best = ranks[at] ?? never;
      if (best === never) break;
      for (const one = ids[at]!; at < count; at++) {
        if (ranks[at] !== best || ids[at] !== one) continue;
        const gone = after[at]!;
        parts[at] += parts[gone]!;
        parts[gone] = '';
        ids[at] = best;
        after[at] = after[gone]!;
        if (after[at]! < count) before[after[at]!] = at;
        ranks[gone] = never;
        ranks[at] = rank(at);
        if (before[at]! >= 0) ranks[before[at]!] = rank(before[at]!);
      }
    }
    return { parts: parts.filter(Boolean), ids: ids.filter((_, i) => parts[i]) };
  }

  /** A piece without white space at its separators; of the parts those stay together that are a token. */
  private apart(piece: string): string[] {
    const rest = (this.spec.separators.length ? piece.split(this.split) : [piece]).filter(Boolean);
    const parts: string[] = [];
    for (let at = 0; at < rest.length;) {
      let end = Math.min(at + longest, rest.length);
      while (end > at + 1 && this.find(rest.slice(at, end).join('')) < 0) end--;
      parts.push(rest.slice(at, end).join(''));
      at = end;
    }
    return parts;
  }
}
