import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, EngineMissingError, type RunningEngine } from './engine.ts';
import { freePort } from './free-port.ts';
import { run } from './run.ts';

const IMAGE = 'localstack/localstack:4.14.0';
const PULL_MS = 15 * 60_000;
const COMMAND_MS = 60_000;
const READY_MS = 120_000;

/**
 * LocalStack in Docker. It starts functions as containers of its own, which is why it is given the Docker socket.
 * @see https://docs.localstack.cloud/aws/getting-started/installation/#docker
 */
export const localstackInDocker: Engine = {
  target: 'localstack',
  by: 'docker',
  async start(): Promise<RunningEngine> {
    if ((await docker(['info'])).status !== 0) throw new EngineMissingError('Docker is not here, or does not run.');
    const port = await freePort();
    const name = `millrace-localstack-${port}`;
    const endpoint = `http://127.0.0.1:${port}`;
    const args = ['run', '--detach', '--rm', '--name', name, '--publish', `127.0.0.1:${port}:4566`];
    const socket = '/var/run/docker.sock:/var/run/docker.sock';
    const started = await docker([...args, '--env', `MAIN_CONTAINER_NAME=${name}`, '--volume', socket, IMAGE], PULL_MS);
    if (started.status !== 0) throw new Error(`LocalStack did not start in Docker: ${started.stderr.trim()}`);
    const stop = async (): Promise<void> => {
      const stopped = await docker(['rm', '--force', ...(await functionsOf(name)), name]);
      if (stopped.status !== 0) throw new Error(`LocalStack did not stop: ${stopped.stderr.trim()}`);
    };
    const deadline = Date.now() + READY_MS;
    while (!(await isHealthy(endpoint))) {
      if (Date.now() > deadline) {
        await stop();
        throw new Error(`LocalStack in Docker did not come up within ${READY_MS / 1_000} s.`);
      }
      await sleep(500);
    }
    return {
      endpoint,
      async killFunction() {
        const functions = await functionsOf(name);
        const one = functions[Math.floor(Math.random() * functions.length)];
        return one !== undefined && (await docker(['kill', one])).status === 0;
      },
      stop,
    };
  },
};

function docker(args: readonly string[], timeout = COMMAND_MS) {
  return run('docker', args, timeout);
}

/** Names of the containers that functions run in: LocalStack's own name comes first in theirs. */
async function functionsOf(name: string): Promise<string[]> {
  const { stdout } = await docker(['ps', '--filter', `name=^${name}-lambda-`, '--format', '{{.Names}}']);
  return stdout.split('\n').filter(Boolean);
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_localstack/health`)).ok;
  } catch {
    return false;
  }
}
