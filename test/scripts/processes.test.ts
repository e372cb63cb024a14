import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { startChaos } from '../../scripts/engines/chaos.ts';
import { workingBelow } from '../../scripts/engines/processes.ts';

const children: ChildProcess[] = [];
const start = (name: string, code: string): ChildProcess => {
  const child = spawn(process.execPath, ['-e', code, '--', name], { stdio: 'ignore' });
  children.push(child);
  return child;
};

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe.runIf(existsSync('/proc/self/stat'))('functions as processes', () => {
  it('are found while they work, and only those', async () => {
    const working = start('function-a', 'for (;;);');
    start('function-idle', 'setInterval(() => {}, 60_000)');
    start('something-else', 'for (;;);');
    await expect.poll(() => workingBelow(process.pid, /function-a/), { timeout: 10_000 }).toEqual([working.pid]);
    // A process needs time to start before it is idle.
    await expect.poll(() => workingBelow(process.pid, /function-idle/), { timeout: 10_000 }).toEqual([]);
  });
});

describe('chaos', () => {
  it('kills until it is stopped, and counts only what was killed', async () => {
    let asked = 0;
    const killFunction = async (): Promise<boolean> => {
      asked += 1;
      return asked % 2 === 0;
    };
    const chaos = startChaos({ killFunction }, { shortest: 0, longest: 1, most: 1_000 });
    await expect.poll(() => asked).toBeGreaterThan(5);
    const killed = await chaos.stop();
    const atTheEnd = asked;
    expect(killed).toBe(Math.floor(atTheEnd / 2));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(asked).toBe(atTheEnd);
  });

  it('has killed enough some time', async () => {
    const chaos = startChaos({ killFunction: async () => true }, { shortest: 0, longest: 1, most: 3 });
    await chaos.ended;
    expect(await chaos.stop()).toBe(3);
  });
});
