/** An app that imports a client library, for an instrumentation: one call, and what came of it. */
import OpenAI from 'openai';

const client = new OpenAI({ apiKey: 'none', baseURL: process.env.MODEL_URL });
const messages = [{ role: 'user', content: 'hello?' }];
const { choices } = await client.chat.completions.create({ model: 'gpt-4o', messages });
console.log(choices[0].message.content);
