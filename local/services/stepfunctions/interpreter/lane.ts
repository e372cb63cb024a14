import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { QueryLanguage, State } from '../asl/definition.ts';
import type { Json } from '../json.ts';
import type { EventDetails, History } from './history.ts';
import type { Scope } from './scope.ts';

/** The item that a Map's iteration is about. */
export interface MapItem {
  readonly Index: number;
  readonly Value: Json;
}

/** Where one line of an execution is: the execution itself, a branch of a Parallel, an iteration of a Map. */
export class Lane {
  readonly history: History;
  readonly scope: Scope;
  readonly item: MapItem | undefined;
  readonly language: QueryLanguage;
  readonly #now: () => number;
  /** The event that the next one follows. */
  previous: number;
  /** The state that is running. */
  name = '';
  type: State['Type'] | undefined;
  enteredAt = 0;
  enteredId = 0;
  /** The event before the state was entered. */
  enteredAfter = 0;
  retryCount = 0;
  taskToken: string | undefined;

  constructor(options: {
    readonly history: History;
    readonly scope: Scope;
    readonly now: () => number;
    readonly language: QueryLanguage;
    readonly previous: number;
    readonly item?: MapItem | undefined;
  }) {
    this.history = options.history;
    this.scope = options.scope;
    this.item = options.item;
    this.language = options.language;
    this.previous = options.previous;
    this.#now = options.now;
  }

  /** A line of its own inside this one: for a branch or an iteration. */
  child(options: {
    readonly scope: Scope;
    readonly language: QueryLanguage;
    readonly previous?: number;
    readonly item?: MapItem;
    readonly history?: History;
  }): Lane {
    return new Lane({
      history: options.history ?? this.history,
      scope: options.scope,
      now: this.#now,
      language: options.language,
      previous: options.previous ?? this.previous,
      item: options.item ?? this.item,
    });
  }

  /** Records an event that the next one follows. @returns its id */
  record(type: HistoryEventType, details?: EventDetails): number {
    this.previous = this.note(type, details);
    return this.previous;
  }

  /** Records an event beside the line: the next one follows the same event as this one. @returns its id */
  note(type: HistoryEventType, details?: EventDetails, previous: number = this.previous): number {
    return this.history.add(type, this.#now(), previous, details);
  }

  enter(name: string, type: State['Type'], input: string): void {
    this.name = name;
    this.type = type;
    this.enteredAt = this.#now();
    this.enteredAfter = this.previous;
    this.retryCount = 0;
    this.taskToken = undefined;
    this.enteredId = this.record(`${type}StateEntered`, { name, input });
  }

  exit(output: string, assigned: Readonly<Record<string, string>> | undefined): void {
    const details = { name: this.name, output, assignedVariables: assigned };
    if (this.type !== 'Fail') this.record(`${this.type ?? 'Pass'}StateExited`, details);
    this.type = undefined;
  }

  /** The state is stopped, because a branch beside it failed. */
  abort(): void {
    if (this.type === 'Task' || this.type === 'Wait' || this.type === 'Parallel' || this.type === 'Map')
      this.note(`${this.type}StateAborted`);
    this.type = undefined;
  }
}
