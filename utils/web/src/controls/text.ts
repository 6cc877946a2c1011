// Text that the reader types: a native field of one line, which wraps where the page is narrow. What it does not take is
// said beside it, and the figure stays as it was.
import type { Value } from '../contract.ts';
import { freshId, h } from '../dom.ts';
import { Tokeniser, type Reading, type TextSpec } from '../tokeniser.ts';
import type { Control, ControlContext, Moved } from './index.ts';

const pause = 120; // ms between a key and the figure
const patience = 500; // ms in which a half-typed word is not called wrong
const suggestions = 5;

export function text(spec: TextSpec, moved: Moved, context: ControlContext): Control {
  const id = freshId('text');
  const vocabulary = context.vocabulary(spec.vocabulary);
  let made: Tokeniser | null = null;
  const tokeniser = () => (made ??= vocabulary.tokens && new Tokeniser(spec, vocabulary.tokens));
  let value = spec.value; // the last that the figure took
  let timer = 0;

  const input = h('textarea', {
    rows: 1, id, class: 'lk-text-input', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'done', 'aria-describedby': `${id}-note`,
    input: () => { oneLine(); read(false); }, change: () => read(true), keydown: (event) => key(event as KeyboardEvent),
  });
  input.value = value;
  const note = h('p', { class: 'lk-field-note', id: `${id}-note`, role: 'status' });
  const instead = h('div', { class: 'lk-suggestions', role: 'group', 'aria-label': 'Suggestions' });
  const element = h('div', { class: 'lk-control lk-text' }, h('label', { for: id }, spec.label), input, note, instead);

  const oneLine = () => { if (/[\r\n]/.test(input.value)) input.value = input.value.replace(/[\r\n]+/g, ' '); }; // it was pasted

  const clear = () => {
    clearTimeout(timer);
    input.removeAttribute('aria-invalid');
    note.textContent = '';
    instead.replaceChildren();
  };

  function read(settled: boolean) {
    const by = tokeniser();
    if (!by) return; // it is read when the vocabulary has come
    const reading = by.read(input.value);
    const problem = by.refuse(reading);
    clearTimeout(timer);
    if (!problem) clear();
    const act = () => (problem ? refuse(problem, reading) : take(settled));
    if (settled) act();
    else timer = window.setTimeout(act, problem ? patience : pause);
  }

  function take(settled: boolean) {
    value = input.value;
    moved(value, settled);
    if (!settled) timer = window.setTimeout(() => moved(value, true), patience); // the reader rests: a state to share
  }

  function refuse(problem: string, { parts, ids }: Reading) {
    const still = value.trim() ? `the figure still shows “${value.trim()}”` : 'the figure stays as it was';
    const says = `${problem[0]!.toUpperCase()}${problem.slice(1)}; ${still}.`;
    if (says === note.textContent) return; // a suggestion on its way to be clicked stays
    input.setAttribute('aria-invalid', 'true');
    note.textContent = says;
    const unknown = ids.indexOf(-1);
    const found = unknown < 0 ? [] : tokeniser()!.like(parts[unknown]!, suggestions);
    const choose = (token: string) => {
      input.value = tokeniser()!.join(parts.map((part, i) => (i === unknown ? token : part)));
      input.focus();
      read(true);
    };
    instead.replaceChildren(...found.map((token) => h('button', { type: 'button', class: 'lk-button', click: () => choose(token) }, token)));
  }

  function key(event: KeyboardEvent) {
    if (event.key === 'Enter' && !event.isComposing) { event.preventDefault(); read(true); }
    if (event.key === 'Escape' && input.value !== value) { input.value = value; clear(); }
  }

  void vocabulary.ready.then(() => {
    tokeniser(); // its table takes longer than a frame: made now, it does not hold up the first key
    if (input.value !== value) read(false);
  });
  return {
    element,
    show: (next: Value, afresh = false) => {
      if (typeof next !== 'string' || (next === value && !afresh)) return;
      value = input.value = next;
      clear();
    },
    words: String,
    refuse: (typed) => { const by = tokeniser(); return by && by.refuse(by.read(typed)); },
    feed: (typed) => {
      const by = tokeniser();
      if (!by) throw new Error('its vocabulary is not there yet');
      return by.feed(typed);
    },
  };
}
