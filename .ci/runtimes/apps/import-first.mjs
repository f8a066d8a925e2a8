/** Where no flag can be given: `register` is the first import. */
import 'otel-agent-cost/register';
import './agent.mjs';
