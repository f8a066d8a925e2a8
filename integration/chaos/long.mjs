/** The fault table with more tries a row (`CHAOS_TRIES`), written into docs/reliability.md. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('run.sh', import.meta.url));
const env = { ...process.env, CHAOS_WRITE: '1' };
const { status } = spawnSync('bash', [script], { stdio: 'inherit', env });
process.exit(status ?? 1);
