/** Calls of OpenAI's and Anthropic's clients, each named by what it does, for apps that load the clients themselves. */
const QUESTION = [{ role: 'user', content: 'What is the capital of France?' }];

async function readAll(stream) {
  for await (const _part of stream);
}

/**
 * @param url of the provider and the run; the scenario follows
 * @returns by name: `{ scenario, run(call) }`, where `call` is `withLlm`, or calls its function alone
 */
export function clientCalls({ OpenAI, Anthropic, url }) {
  const base = (scenario) => `${url}/${scenario}`;
  const openai = (scenario) => new OpenAI({ apiKey: 'none', baseURL: `${base(scenario)}/v1` });
  const anthropic = (scenario) => new Anthropic({ apiKey: 'none', baseURL: base(scenario) });
  const chat = { model: 'gpt-4o-mini', messages: QUESTION };
  const streamed = { ...chat, stream: true, stream_options: { include_usage: true } };
  const responses = { model: 'gpt-4o-mini', input: 'What is the capital of France?' };
  const message = { model: 'claude-sonnet-4-5', max_tokens: 1024, messages: QUESTION };
  const withOpenai = (request) => ({ provider: 'openai', request });
  const withAnthropic = (request) => ({ provider: 'anthropic', request });
  return {
    chat: {
      scenario: 'plain',
      run: async (call) => {
        const { choices } = await call(withOpenai(chat), () => openai('plain').chat.completions.create(chat));
        if (choices.length !== 1) throw new Error('no choices');
      },
    },
    chatCached: {
      scenario: 'cached',
      run: (call) => call(withOpenai(chat), () => openai('cached').chat.completions.create(chat)),
    },
    chatWithResponse: {
      scenario: 'plain',
      run: async (call) => {
        const made = call(withOpenai(chat), () => openai('plain').chat.completions.create(chat));
        const { data, response } = await made.withResponse();
        if (data.choices.length !== 1 || response.status !== 200) throw new Error('no response');
      },
    },
    chatStreamed: {
      scenario: 'streamed',
      run: async (call) =>
        readAll(await call(withOpenai(streamed), () => openai('streamed').chat.completions.create(streamed))),
    },
    responses: {
      scenario: 'plain',
      run: (call) => call(withOpenai(responses), () => openai('plain').responses.create(responses)),
    },
    responsesStreamed: {
      scenario: 'streamed',
      run: async (call) => {
        const request = { ...responses, stream: true };
        await readAll(await call(withOpenai(request), () => openai('streamed').responses.create(request)));
      },
    },
    messagesCached: {
      scenario: 'cached',
      run: (call) => call(withAnthropic(message), () => anthropic('cached').messages.create(message)),
    },
    messagesStreamed: {
      scenario: 'streamedCached',
      run: async (call) => {
        const request = { ...message, stream: true };
        await readAll(
          await call(withAnthropic(request), () => anthropic('streamedCached').messages.create(request)),
        );
      },
    },
    messagesHelper: {
      scenario: 'streamedHelper',
      run: (call) =>
        call(withAnthropic(message), () =>
          anthropic('streamedHelper').messages.stream(message).finalMessage(),
        ),
    },
    messagesHelperRead: {
      scenario: 'streamed',
      run: async (call) =>
        readAll(await call(withAnthropic(message), () => anthropic('streamed').messages.stream(message))),
    },
  };
}

/** Every call in a task of its own, bare and in `withLlm`. @returns `tasks` for ../verdict.js, by name */
export async function runCalls({
  OpenAI,
  Anthropic,
  url,
  withTask,
  withLlm,
  around = (_name, fn) => fn(),
  only,
}) {
  const tasks = {};
  for (const mode of ['bare', 'withLlm']) {
    const call = mode === 'withLlm' ? withLlm : (_options, fn) => fn();
    for (const name of Object.keys(clientCalls({ OpenAI, Anthropic, url }))) {
      if (only !== undefined && !only.includes(name)) continue;
      // One scenario serves several calls: each has a path of its own.
      const path = `${mode}-${name}`;
      const { run, scenario } = clientCalls({ OpenAI, Anthropic, url: `${url}-${path}` })[name];
      const outcome = await runTask(name, run, call, { around, withTask });
      tasks[`${mode} ${name}`] = { path, scenarios: [scenario], ...outcome };
    }
  }
  return tasks;
}

const SETTLE_MILLIS = 30;

function runTask(name, run, call, { around, withTask }) {
  return around(name, () =>
    withTask(name, async (task) => {
      let error;
      try {
        await run(call);
      } catch (thrown) {
        error = String(thrown?.stack ?? thrown).slice(0, 500);
      }
      // Instrumentations may end a span a little after the call they watch.
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MILLIS));
      return { totals: { ...task.totals }, error };
    }),
  );
}
