import { render } from 'preact';
import { App } from './app.js';
import { copyAllDigits } from './copy-figures.js';
import { followChanges } from './live.js';
import { followAddress } from './route.js';
import { applyTheme } from './theme.js';

applyTheme();
followAddress();
followChanges();
copyAllDigits();

const root = document.querySelector('#app');
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
}
