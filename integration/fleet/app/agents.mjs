/** An agent as a service: `node agents.mjs research` or `writing`. */
import { wrapAgent } from 'otel-agent-cost';
import { ask, askWithHeaders, serve } from './http-service.mjs';
import { lookUp } from './library-client.mjs';
import { think } from './model.mjs';

const AGENTS = {
  async research(question) {
    await think(`what is known of ${question}`);
    await Promise.all([askWithHeaders('search', { query: question }), lookUp(question)]);
    await ask('search', { query: `more on ${question}` });
  },
  async writing(question) {
    await think(`an outline for ${question}`);
    await Promise.all([ask('pages', { about: question }), lookUp('style')]);
    await think('the text');
  },
};

const [name] = process.argv.slice(2);
const run = wrapAgent(name, AGENTS[name]);
serve(name, (_path, { question }) => run(question));
