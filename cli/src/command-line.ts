/** Reads the command line: which command, with which options; help and mistakes. */

import { parseArgs } from 'node:util';
import { nearestName } from '../../src/nearest-name.js';
import manifest from '../package.json' with { type: 'json' };
import {
  type Command,
  CommandError,
  EXIT,
  Given,
  type OptionHelp,
  type Terminal,
} from './commands/command.js';
import { COMMANDS } from './commands/table.js';

const NAME = 'otel-agent-cost-cli';

/** Runs the command in `args`, the words after the program's name. Resolves with the exit code; never rejects. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = args;
  if (first === '--version' || first === '-v') {
    terminal.stdout.write(`${manifest.version}\n`);
    return EXIT.ok;
  }
  if (
    first === undefined ||
    first === '--help' ||
    first === '-h' ||
    (first === 'help' && rest.length === 0)
  ) {
    terminal.stdout.write(helpOfAll());
    return first === undefined ? EXIT.usage : EXIT.ok;
  }
  const words = first === 'help' ? [...rest.slice(0, 1), '--help'] : args;
  try {
    return await runCommand(words, terminal);
  } catch (error) {
    if (error instanceof CommandError) {
      terminal.stderr.write(`${NAME}: ${error.message}\n`);
      if (error.exitCode === EXIT.usage) terminal.stderr.write(`Help: ${NAME} ${helpFor(words)}\n`);
      return error.exitCode;
    }
    terminal.stderr.write(
      `${NAME}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT.failed;
  }
}

async function runCommand([name = '', ...args]: readonly string[], terminal: Terminal): Promise<number> {
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined) throw unknownCommand(name);
  if (args.includes('--help') || args.includes('-h')) {
    terminal.stdout.write(helpOf(command));
    return EXIT.ok;
  }
  const given = readOptions(command, args);
  const { run } = await command.load();
  return run(given, terminal);
}

/** The help that is nearest to a mistake. */
function helpFor([name]: readonly string[]): string {
  return COMMANDS.some((known) => known.name === name) ? `${name} --help` : '--help';
}

function unknownCommand(name: string): CommandError {
  const names = COMMANDS.map((command) => command.name);
  // Names as short as `tail` are compared with one letter more, so that a suggestion is likely.
  const meant = nearestName(name, names) ?? names.find((known) => known.startsWith(name.slice(0, 3)));
  const what = name.startsWith('-') ? 'option' : 'command';
  return new CommandError(
    `unknown ${what} "${name}"; ${meant === undefined ? `known are ${names.join(', ')}` : `did you mean "${meant}"?`}`,
  );
}

function readOptions(command: Command, args: readonly string[]): Given {
  const { positionals, tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(command.options).map(([name, help]) => [name, optionType(help)]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | boolean> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName } = token;
    const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined;
    if (option === undefined) throw unknownOption(command, rawName);
    if (Object.hasOwn(values, name)) throw new CommandError(`${rawName} is given twice`);
    values[name] = valueGiven(option, command, token);
  }
  if (command.arguments === undefined && positionals.length > 0)
    throw new CommandError(`${command.name} takes no argument such as "${positionals[0]}"`);
  return new Given(values, positionals);
}

function optionType({ value, short }: OptionHelp): { type: 'boolean' | 'string'; short?: string } {
  return { type: value === undefined ? 'boolean' : 'string', ...(short !== undefined && { short }) };
}

function valueGiven(
  option: OptionHelp,
  command: Command,
  {
    rawName,
    value,
    inlineValue,
  }: { rawName: string; value?: string | undefined; inlineValue?: boolean | undefined },
): string | boolean {
  if (option.value === undefined) {
    if (value !== undefined) throw new CommandError(`${rawName} takes no value`);
    return true;
  }
  const isNext = value?.startsWith('--') === true && Object.hasOwn(command.options, value.slice(2));
  if (value === undefined || value === '' || (isNext && inlineValue !== true))
    throw new CommandError(`${rawName} needs a value: ${rawName} ${option.value}`);
  return value;
}

function unknownOption({ name, options }: Command, rawName: string): CommandError {
  const meant = nearestName(rawName, Object.keys(options));
  const advice = meant === undefined ? `see ${NAME} ${name} --help` : `did you mean "--${meant}"?`;
  return new CommandError(`unknown option "${rawName}" of ${name}; ${advice}`);
}

function helpOfAll(): string {
  const rows = COMMANDS.map(({ name, summary }) => [name, summary] as const);
  return [
    `${NAME} ${manifest.version}: see what your AI agents cost`,
    '',
    `Usage: ${NAME} COMMAND [options]`,
    '',
    ...aligned(rows),
    '',
    `Options of a command: ${NAME} COMMAND --help`,
    '',
  ].join('\n');
}

function helpOf({ name, summary, arguments: words, options, details }: Command): string {
  const rows = Object.entries(options).map(([option, { value, help, short }]) => {
    const names = `${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`;
    return [names, help] as const;
  });
  return [
    `${NAME} ${name}: ${summary}`,
    '',
    `Usage: ${NAME} ${name} [options]${words === undefined ? '' : ` ${words}`}`,
    '',
    ...aligned([...rows, ['-h, --help', 'show this']]),
    ...(details === undefined ? [] : ['', details]),
    '',
  ].join('\n');
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
