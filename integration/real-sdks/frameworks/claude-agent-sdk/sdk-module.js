import * as module from '@anthropic-ai/claude-agent-sdk';

export const sdk = { ...module };

export function instrument(patch) {
  patch(sdk);
}
