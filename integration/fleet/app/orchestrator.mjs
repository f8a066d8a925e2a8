/** Answers the turns of a session with the help of two agents in other services. */
import { withSession, withTask } from 'otel-agent-cost';
import { inject } from 'otel-agent-cost/shared';
import { ask, askWithHeaders, listen, post, readJson } from './http-service.mjs';
import { costs, redis } from './installation.mjs';
import { think } from './model.mjs';

const EXTRAS = {
  /** A letter is written later, by whoever reads the queue. */
  async letter(question) {
    const headers = {};
    inject(headers, { to: 'queue:letters' });
    await redis.rPush('letters', JSON.stringify({ headers, question }));
  },
  /** A host outside of the installation, directly and by redirects. */
  async outside(_question, { outsideUrl }) {
    await post(`${outsideUrl}/direct`, {});
    await ask('search', { to: `${outsideUrl}/redirected` }, '/redirect');
    await askWithHeaders('search', { to: `${outsideUrl}/redirected-with-headers` }, '/redirect');
  },
};

listen(process.env.NAME, async (request, response) => {
  const { session, question, extra, ...options } = await readJson(request);
  const id = await withSession({ id: session, attribution: { user: 'ann', team: 'support' } }, () =>
    withTask('answer', async (task) => {
      await think(question);
      await Promise.all([ask('research', { question }), askWithHeaders('writing', { question })]);
      if (extra !== undefined) await EXTRAS[extra](question, options);
      return task.id;
    }),
  );
  response.end(JSON.stringify({ id, stats: costs.stats }));
});
