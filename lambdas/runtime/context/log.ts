import { Logger } from '@aws-lambda-powertools/logger';

export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Structured log lines (JSON, Powertools' format). Fields are bound explicitly with {@link Log.with}, never kept in a shared store: two
 * records handled at once in one function instance cannot mix their correlation ids.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** @param fields put an Error under `error` and its stack and cause are logged */
  error(message: string, fields?: LogFields): void;
  /** A log that adds `fields` to every line. */
  with(fields: LogFields): Log;
}

let logger: Logger | undefined;
/** Index of the lowest level that is written. */
let wanted: number | undefined;

/** The log of this function instance. Level from `POWERTOOLS_LOG_LEVEL`, service from `POWERTOOLS_SERVICE_NAME`. */
export function log(fields: LogFields = {}): Log {
  const line = (level: Level) => (message: string, more?: LogFields) => {
    wanted ??= wantedLevel();
    if (LEVELS.indexOf(level) < wanted) return;
    logger ??= new Logger();
    logger[level](message, { ...fields, ...more });
  };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (more) => log({ ...fields, ...more }),
  };
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type Level = Exclude<(typeof LEVELS)[number], 'silent'>;

/**
 * Where Lambda filters logs itself, Powertools goes by Lambda's level alone. That one has to let INFO pass, which metrics count as
 * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html); so what is below the wanted level ends here.
 */
function wantedLevel(): number {
  const name = (process.env.POWERTOOLS_LOG_LEVEL ?? '').toLowerCase();
  return (LEVELS as readonly string[]).indexOf(name);
}
