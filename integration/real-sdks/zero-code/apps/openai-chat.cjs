const { OpenAI } = require('openai');

const [, , ...scenarios] = process.argv;

async function main() {
  for (const scenario of scenarios) {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${process.env.PROVIDER_URL}/${scenario}` });
    await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'What is the capital of France?' }],
    });
  }
}

void main();
