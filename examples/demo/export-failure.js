/** Why a backend did not accept the spans, in its own words, and which variable may help. */

const MAX_REASON_CHARS = 300;

/** @typedef {'http/json' | 'http/protobuf'} Protocol */

/**
 * The variable that sets the protocol of traces.
 * @param {NodeJS.ProcessEnv} env
 */
export function protocolVariable(env) {
  return env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL
    ? 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'
    : 'OTEL_EXPORTER_OTLP_PROTOCOL';
}

/**
 * @param {any} error of an OTLP exporter: `code` is the HTTP status and `data` the body of the answer, if there was one
 * @param {Protocol} protocol that the spans were sent in
 * @param {NodeJS.ProcessEnv} env
 */
export function describeFailure(error, protocol, env) {
  if (typeof error.data !== 'string') {
    // Errors of a connection have a name as their code.
    const advice = typeof error.code === 'string' ? '. Is a receiver running there?' : '';
    return `${error.message || error.code}${advice}`;
  }
  const answer = [`${error.code} ${error.message}`, readable(error.data)].filter(Boolean).join(': ');
  return [answer, ...adviceFor(error.code, error.data, protocol, env)].join('\n');
}

/** The body of an answer on one line. In protobuf, the text stands between other bytes. @param {string} body */
function readable(body) {
  const text = body.replaceAll(/[^\x20-\x7e\xa0-\ufffc]+/g, ' ').trim();
  return text === '{}' ? '' : text.slice(0, MAX_REASON_CHARS);
}

/** @param {number} status @param {string} body @param {Protocol} protocol @param {NodeJS.ProcessEnv} env */
function adviceFor(status, body, protocol, env) {
  const isAboutForm = status === 415 || status === 422 || /content.?type|protobuf/i.test(body);
  const other = protocol === 'http/json' ? 'http/protobuf' : 'http/json';
  return [
    ...(isAboutForm ? [`The spans were sent as ${protocol}: try ${protocolVariable(env)}=${other}`] : []),
    ...([401, 403, 422].includes(status) ? ['OTEL_EXPORTER_OTLP_HEADERS=name=value adds a header'] : []),
  ];
}
