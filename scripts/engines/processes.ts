import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of this machine, as Linux's /proc shows it. */
interface Process {
  readonly id: number;
  readonly parent: number;
  /** Processor time used so far, in clock ticks. */
  readonly ticks: number;
}

/** Long enough for a working process to be charged for processor time (a clock tick is 10 ms). */
const LOOK_MS = 60;

/**
 * The processes below another one whose command line matches, that were working just now.
 *
 * @returns process ids; empty when none was working
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export async function workingBelow(ancestor: number, commandLine: RegExp): Promise<number[]> {
  const before = new Map(below(ancestor).map((process) => [process.id, process.ticks]));
  await sleep(LOOK_MS);
  return below(ancestor)
    .filter(({ id, ticks }) => ticks > (before.get(id) ?? ticks) && commandLine.test(commandLineOf(id)))
    .map(({ id }) => id);
}

function below(ancestor: number): Process[] {
  const children = new Map<number, Process[]>();
  for (const entry of readdirSync('/proc')) {
    const process = /^\d+$/.test(entry) ? read(Number(entry)) : undefined;
    if (process) children.set(process.parent, [...(children.get(process.parent) ?? []), process]);
  }
  const found: Process[] = [];
  const open = [ancestor];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const child of children.get(id) ?? []) {
      found.push(child);
      open.push(child.id);
    }
  }
  return found;
}

function read(id: number): Process | undefined {
  const stat = fileOf(id, 'stat');
  if (stat === undefined) return undefined;
  // The command's name, in brackets, may itself have brackets and spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { id, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

function commandLineOf(id: number): string {
  return (fileOf(id, 'cmdline') ?? '').replaceAll('\0', ' ');
}

function fileOf(id: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${id}/${name}`, 'utf8');
  } catch {
    return undefined; // It has ended.
  }
}
