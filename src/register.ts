/**
 * The zero-code entry: `node --import otel-agent-cost/register app.js` sets up OpenTelemetry with cost metering for
 * an app that does not use this package itself. All settings come from the environment; see the README.
 */
import { messageOf, notice } from './register/notice.js';
import { start } from './register/start.js';

try {
  await start();
} catch (error) {
  notice(`not metering: ${messageOf(error)}`);
}
