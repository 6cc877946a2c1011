// What the theme leaves undone. Where a line is there for screen readers, it names the axe rule that it answers.
addEventListener('DOMContentLoaded', () => {
  const each = (selector, mend) => document.querySelectorAll(selector).forEach(mend);
  // a question to the reader before the answer is shown looks like one
  each('.bd-article p > strong', (element) => {
    if (element.textContent.startsWith('Predict')) element.parentElement.classList.add('likely-predict');
  });
  // label-content-name-mismatch: the visible words must be part of the accessible name
  each('.search-button-field, details > summary[aria-label]', (element) => element.removeAttribute('aria-label'));
  each('.theme-switch-button', (button) => {
    button.removeAttribute('aria-label');
    button.title = 'Colour mode';
  });
  // summary-name: what folds a chapter's sections in and out
  each('.has-children > details > summary', (summary) => {
    summary.setAttribute('aria-label', `Parts of ${summary.parentElement.parentElement.querySelector('a')?.textContent ?? 'this chapter'}`);
  });
  // region: the sidebar holds the logo, the search and the contents
  each('.bd-sidebar-primary', (sidebar) => {
    sidebar.setAttribute('role', 'navigation');
    sidebar.setAttribute('aria-label', 'The course');
  });
});
