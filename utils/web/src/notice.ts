// What a figure has to say about itself: a link corrected, a file that did not come, a number that is not finite.
import { h } from './dom.ts';

export type Tone = 'info' | 'warning';
interface Action { label: string; act(): void }

/** One line for each topic; a new line on a topic takes the old one's place. */
export class Notices {
  readonly element = h('div', { class: 'lk-notices', role: 'status' });
  private readonly lines = new Map<string, { element: HTMLElement; text: string }>();

  say(topic: string, text: string, { tone = 'info', action }: { tone?: Tone; action?: Action } = {}) {
    if (this.lines.get(topic)?.text === text) return;
    this.clear(topic);
    const close = h('button', { type: 'button', class: 'lk-notice-close', 'aria-label': 'Dismiss this notice', click: () => this.clear(topic) }, '×');
    const button = action ? [h('button', { type: 'button', class: 'lk-button', click: () => { this.clear(topic); action.act(); } }, action.label)] : [];
    const line = h('div', { class: `lk-notice lk-${tone}` }, h('span', { class: 'lk-notice-text' }, text), ...button, close);
    this.lines.set(topic, { element: line, text });
    this.element.append(line);
  }

  clear(topic: string) {
    this.lines.get(topic)?.element.remove();
    this.lines.delete(topic);
  }
}
