import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../../src/store/database.js';

describe.each(['memory', 'file'] as const)('the database in %s', (place) => {
  let folder: string;
  let database: Database;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    writeFileSync(join(folder, 'secret.csv'), 'a,b\n1,2\n');
    database = await Database.open(place === 'file' ? join(folder, 'cost.duckdb') : null, {
      readOnly: false,
    });
  });
  afterEach(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  it('reads and writes no other file, loads nothing, and keeps its settings', async () => {
    const secret = join(folder, 'secret.csv');
    const refused = [
      `SELECT * FROM read_csv('${secret}')`,
      `SELECT * FROM read_text('${secret}')`,
      `SELECT * FROM '${secret}'`,
      `SELECT * FROM glob('${folder}/*')`,
      `COPY (SELECT 1) TO '${join(folder, 'out.csv')}'`,
      `EXPORT DATABASE '${join(folder, 'out')}'`,
      `ATTACH '${join(folder, 'other.duckdb')}' AS other`,
      'INSTALL httpfs',
      'LOAD httpfs',
      "SELECT * FROM read_csv('https://example.com/x.csv')",
      'SET enable_external_access = true',
      'SET GLOBAL autoinstall_known_extensions = true',
      'PRAGMA lock_configuration = false',
      "SET temp_directory = '/'",
      'RESET enable_external_access',
    ];
    for (const statement of refused) {
      await expect(database.run(statement), statement).rejects.toThrow();
      await expect(database.all(statement), statement).rejects.toThrow();
    }
    const settings = await database.all(
      `SELECT name, value FROM duckdb_settings() WHERE name IN ('autoinstall_known_extensions',
         'autoload_known_extensions', 'enable_external_access', 'lock_configuration') ORDER BY name`,
    );
    expect(settings.map(({ value }) => value)).toEqual(['false', 'false', 'false', 'true']);
  });
});
