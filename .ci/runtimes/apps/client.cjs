/** The same with require(). */
const OpenAI = require('openai');

const client = new OpenAI({ apiKey: 'none', baseURL: process.env.MODEL_URL });
const messages = [{ role: 'user', content: 'hello?' }];
client.chat.completions.create({ model: 'gpt-4o', messages }).then(({ choices }) => {
  console.log(choices[0].message.content);
});
