/** A client of the test's own: the one that is installed in the app. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appFolder } from './app.js';

export interface Client {
  sendCommand(args: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

export async function connect(url: string): Promise<Client> {
  const { createClient } = await importFromApp('redis');
  const client = createClient({ url });
  // It connects again by itself.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** A package of the app. The repository does not have it. */
// biome-ignore lint/suspicious/noExplicitAny: its types are not installed here
async function importFromApp(name: string): Promise<any> {
  const resolve = createRequire(join(appFolder(), 'package.json')).resolve;
  return import(pathToFileURL(resolve(name)).href);
}
