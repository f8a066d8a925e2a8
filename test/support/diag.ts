import { type DiagLogFunction, diag } from '@opentelemetry/api';
import { type Mock, vi } from 'vitest';

/** Sets a diagnostics logger, as an app does, and returns its `warn`. `clean.ts` removes it after the file. */
export function watchDiag(): Mock<DiagLogFunction> {
  const warn = vi.fn<DiagLogFunction>();
  const others = { debug: () => {}, error: () => {}, info: () => {}, verbose: () => {} };
  diag.setLogger({ ...others, warn }, { suppressOverrideMessage: true });
  return warn;
}
