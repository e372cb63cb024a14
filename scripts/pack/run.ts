import { spawn } from 'node:child_process';
import type { Problems } from './check.ts';

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** How much of a failed program's output is shown. */
const SHOWN_LINES = 60;
/** No program here takes longer, even on a busy machine. */
const TIME_LIMIT_MS = 15 * 60_000;

/** What a program wrote to its standard output. @throws Error with the end of all it wrote, when it fails */
export async function run(command: readonly [string, ...string[]], { cwd, env }: RunOptions): Promise<string> {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIME_LIMIT_MS });
  const out: Buffer[] = [];
  const all: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk);
    all.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => all.push(chunk));
  const end = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code === null ? `the signal ${signal}` : String(code)));
  });
  if (end === '0') return Buffer.concat(out).toString();
  const said = Buffer.concat(all).toString().trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  throw new Error(`${command.join(' ')} ended with ${end}:\n${said}`);
}

/** A program that has only to succeed. */
export async function succeeds(command: readonly [string, ...string[]], options: RunOptions): Promise<Problems> {
  await run(command, options);
  return [];
}

/** The caller's environment without what would lead programs elsewhere: its AWS settings, and what npm and Node were started with. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const leading = /^(?:AWS_|NODE_OPTIONS$|NODE_PATH$|INIT_CWD$|npm_(?:lifecycle|package)_|npm_config_(?:local_)?prefix$)/;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !leading.test(name))),
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
