import type { PlaySpec } from './contract.ts';
import { freshId, h } from './dom.ts';
import { formatNumber } from './format.ts';

interface Acts { play(): void; step(): void; speed(index: number): void }

/** Play and pause, one step, speed, and where the run stands. Reset stands in the figure's head. */
export class PlayBar {
  private readonly button: HTMLButtonElement;
  private readonly counter = h('span', { class: 'lk-step' });
  readonly element: HTMLElement;

  constructor(spec: PlaySpec, acts: Acts) {
    this.button = h('button', { type: 'button', class: 'lk-button lk-play', click: acts.play });
    const step = h('button', { type: 'button', class: 'lk-button', click: acts.step }, 'Step');
    const id = freshId('speed');
    const select = h('select', { id, change: () => acts.speed(select.selectedIndex) }, ...spec.speeds.map(({ label }) => h('option', {}, label)));
    select.selectedIndex = spec.speed;
    const speed = spec.speeds.length > 1 ? [h('label', { for: id, class: 'lk-hidden' }, 'Speed'), select] : [];
    this.element = h('div', { class: 'lk-play-bar', role: 'group', 'aria-label': 'Play' }, this.button, step, ...speed, this.counter);
    this.playing(false);
  }

  playing(on: boolean) {
    const label = on ? 'Pause' : 'Play';
    if (this.button.textContent !== label) this.button.replaceChildren(label);
    this.button.classList.toggle('lk-on', on);
  }

  show(step: number, seeking: number | null) {
    const goal = seeking !== null && seeking - step > 1 ? ` of ${formatNumber(seeking, ',d')} …` : '';
    this.counter.textContent = `step ${formatNumber(step, ',d')}${goal}`;
  }
}
