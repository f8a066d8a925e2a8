import { disableGenkitOTelInitialization } from 'genkit/tracing';

export const INSTRUMENTS = {
  // Genkit makes spans by itself; it must not start an SDK of its own beside the app's.
  'genkit-built-in': () => disableGenkitOTelInitialization(),
};
