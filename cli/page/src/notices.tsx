import type { Status } from '../../src/api.js';
import { connection } from './live.js';
import { useStore } from './store.js';
import { count, plural } from './text.js';

/** Messages about the viewer itself. Nothing is shown while all is well. */
export function Notices({ status, error }: { status: Status | undefined; error: string | undefined }) {
  const isLost = useStore(connection) === 'disconnected';
  return (
    <div class="notices">
      {isLost && (
        <p class="notice trouble">
          Disconnected: the figures are from before. The page keeps trying to reach the viewer.
        </p>
      )}
      {!isLost && error !== undefined && <p class="notice trouble">{error}</p>}
      {status?.trouble != null && <p class="notice trouble">{status.trouble}</p>}
      {status?.advice != null && <p class="notice">{status.advice}</p>}
      {status !== undefined && status.rejectedSpans > 0 && (
        <p class="notice">
          {plural(status.rejectedSpans, 'span')} could not be read or were too large; they are in no figure
          here.
        </p>
      )}
      {status !== undefined && status.deletedSpans > 0 && (
        <p class="notice">{count(status.deletedSpans)} old spans were deleted to keep the store small.</p>
      )}
    </div>
  );
}
