// The text of token ids. A long vocabulary is a file that comes with the engine; the words of the first state come with the figure.
import type { Spec, VocabularyRef } from './contract.ts';

export const missing = '\ufffd'; // an id that the vocabulary does not have

export class Vocabulary {
  tokens: string[] | null = null;

  /** `some`: words that are known before all are there. */
  constructor(given: string[] | (() => Promise<string[]>), private readonly some: Record<number, string> = {}) {
    if (Array.isArray(given)) this.tokens = given;
    this.fetch = Array.isArray(given) ? () => Promise.resolve(given) : given;
  }
  private readonly fetch: () => Promise<string[]>;
  private came!: () => void;
  /** Resolves when all tokens are there. */
  readonly ready = new Promise<void>((done) => { this.came = done; });

  async load(): Promise<string[]> {
    this.tokens ??= await this.fetch();
    this.came();
    return this.tokens;
  }
  readonly text = (id: number): string => (this.tokens ?? this.some)[id] ?? missing;
  /** Letters of a token, on the average of those that are known. */
  get letters(): number {
    const known = this.tokens ?? Object.values(this.some);
    return known.reduce((sum, token) => sum + token.length, 0) / (known.length || 1);
  }
}

/** The vocabularies of a figure, by what its views and controls say of them. */
export class Vocabularies {
  private readonly long: Map<string, Vocabulary>;
  constructor({ vocabularies }: Spec, words: Record<string, Record<number, string>>, fetch: (key: string) => Promise<string[]>) {
    const all: [string, string[] | (() => Promise<string[]>)][] = Array.isArray(vocabularies) ? vocabularies.map((key) => [key, () => fetch(key)]) : Object.entries(vocabularies);
    this.long = new Map(all.map(([key, given]) => [key, new Vocabulary(given, words[key])]));
  }
  load() { return Promise.all([...this.long.values()].map((one) => one.load())); }
  readonly of = (ref: VocabularyRef): Vocabulary => (typeof ref === 'string' ? this.long.get(ref)! : new Vocabulary(ref));
}
