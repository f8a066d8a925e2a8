/** The tool that an answer asks for, of those that the request offers. */

/** Names of tools behind which another agent is, as frameworks make them. */
const SUB_AGENT = /transfer|hand_?off|delegate|expert|sub_?agent|^task$|^agent$/i;

/**
 * @param tools what the request offers: `{ name, schema }[]`
 * @returns `{ name, input }`, with an input that fits the schema; undefined when nothing is offered
 */
export function chosenTool(tools, scenario) {
  const isSubAgent = /subAgent/i.test(scenario);
  const tool =
    tools.find(({ name }) => SUB_AGENT.test(name) === isSubAgent) ?? (isSubAgent ? tools[0] : undefined);
  return tool && { name: tool.name, input: exampleOf(tool.schema ?? {}) };
}

function exampleOf(schema) {
  const { properties = {}, required = Object.keys(properties) } = schema;
  return Object.fromEntries(required.map((name) => [name, exampleValue(properties[name] ?? {})]));
}

function exampleValue(schema) {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice !== undefined) return exampleValue(choice);
  const type = String([schema.type].flat()[0] ?? 'string').toLowerCase();
  const values = {
    number: 5,
    integer: 5,
    boolean: true,
    array: schema.items ? [exampleValue(schema.items)] : [],
    object: exampleOf(schema),
  };
  return values[type] ?? 'Paris';
}
