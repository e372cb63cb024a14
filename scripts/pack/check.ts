/** What a check found wrong: empty when all is well. */
export type Problems = readonly string[];

/** Runs checks one after another, and says of each in one line how it went; what went wrong follows, indented. */
export class Checklist {
  readonly #print: (line: string) => void;
  #failed = 0;
  #passed = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** @returns whether it held */
  async check(name: string, look: () => Problems | Promise<Problems>): Promise<boolean> {
    const started = Date.now();
    const problems = await problemsOf(look);
    const seconds = Math.round((Date.now() - started) / 1000);
    this.#print(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)`);
    for (const line of problems.flatMap((problem) => problem.split('\n'))) this.#print(`      ${line}`);
    if (problems.length === 0) this.#passed += 1;
    else this.#failed += 1;
    return problems.length === 0;
  }

  /** Says how many held and how many did not. @returns whether all held */
  conclude(): boolean {
    this.#print(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0;
  }
}

async function problemsOf(look: () => Problems | Promise<Problems>): Promise<Problems> {
  try {
    return await look();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
