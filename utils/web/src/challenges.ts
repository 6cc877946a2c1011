// Tasks below a figure. Solved ones are remembered in this browser and nowhere else.
import type { ChallengeSpec, Outputs } from './contract.ts';
import { h } from './dom.ts';

export class Challenges {
  readonly element = h('ol', { class: 'lk-challenges', 'aria-label': 'Challenges' });
  private readonly items: { spec: ChallengeSpec; row: HTMLElement; mark: HTMLElement; solved: boolean }[];
  private readonly memory: string;

  constructor(figure: string, specs: ChallengeSpec[], show: (spec: ChallengeSpec) => void) {
    this.memory = `likely:solved:${figure}`;
    const before = recall(this.memory);
    this.items = specs.map((spec) => {
      const mark = h('span', { class: 'lk-mark' });
      const button = h('button', { type: 'button', class: 'lk-button', 'aria-label': `Show me: ${spec.text}`, click: () => show(spec) }, 'Show me');
      const row = h('li', { class: 'lk-challenge' }, mark, h('span', { class: 'lk-challenge-text' }, spec.text), button);
      const item = { spec, row, mark, solved: false };
      this.element.append(row);
      this.mark(item, before.includes(digest(spec.text)));
      return item;
    });
  }

  /** Looks which of them these outputs solve; says which were solved just now. */
  check(outputs: Outputs): string[] {
    const news = this.items.filter(({ spec, solved }) => !solved && outputs[spec.output]?.data[0]);
    if (!news.length) return [];
    news.forEach((item) => this.mark(item, true));
    remember(this.memory, this.items.filter((item) => item.solved).map((item) => digest(item.spec.text)));
    return news.map((item) => item.spec.text);
  }

  private mark(item: (typeof this.items)[number], solved: boolean) {
    item.solved = solved;
    item.row.classList.toggle('lk-solved', solved);
    item.mark.replaceChildren(h('span', { 'aria-hidden': 'true' }, solved ? '✓' : ''), h('span', { class: 'lk-hidden' }, solved ? 'Solved: ' : 'Open: '));
  }
}

/** FNV-1a: enough to tell a figure's challenges apart, and a changed text from the old one. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193) >>> 0;
  return hash.toString(16);
}

function recall(key: string): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(found) ? found.map(String) : [];
  } catch {
    return [];
  }
}

function remember(key: string, solved: string[]) {
  try {
    localStorage.setItem(key, JSON.stringify(solved));
  } catch { /* a browser that keeps nothing */ }
}
