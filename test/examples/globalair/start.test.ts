import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../examples/globalair/start/cli.ts';
import { readOptions, UsageError } from '../../../examples/globalair/start/options.ts';
import { checks, type Report } from '../../../examples/globalair/start/report.ts';
import { curlLines } from '../../../examples/globalair/start/table.ts';
import { planBookings } from '../../../examples/globalair/start/workload.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the command line of npm start', () => {
  it('has the defaults that the README names', () => {
    const defaults = { once: false, flights: '2k', bookings: 100, port: 3000, awsPort: 4566, seed: 1, json: false };
    expect(readOptions([], () => {})).toEqual(defaults);
  });

  it('reads every option', () => {
    const args = ['--once', '--flights', '200k', '--bookings', '5000', '--port', '0', '--aws-port', '0', '--seed', '7', '--json'];
    const expected = { once: true, flights: '200k', bookings: 5000, port: 0, awsPort: 0, seed: 7, json: true };
    expect(readOptions(args, () => {})).toEqual(expected);
  });

  it('prints help, and nothing is run', () => {
    let help = '';
    const options = readOptions(['--help'], (text) => {
      help += text;
    });
    expect(options).toBeUndefined();
    for (const option of ['--once', '--flights', '--bookings', '--port', '--aws-port', '--seed', '--json']) expect(help).toContain(option);
  });

  it.each([
    [['--flight', '2k'], /unknown option '--flight'/],
    [['--flights', '3k'], /'3k' is invalid.*2k, 5k, 10k, 20k, 200k/],
    [['--bookings', '-1'], /whole number/],
    [['--port', '70000'], /whole number from 0 to 65535/],
    [['extra'], /too many arguments/],
  ])('refuses %j in one line', (args, message) => {
    const read = (): unknown => readOptions(args, () => {});
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
    try {
      read();
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });

  it('prints a line for the AWS CLI that its version 1 understands too', () => {
    const lines = curlLines('http://api', 'http://aws', { bookingId: 'b', flightId: 'f', airport: 'DEN' });
    expect(lines).toMatch(/AWS_DEFAULT_REGION=us-east-1 aws --endpoint-url http:\/\/aws sqs list-queues$/);
  });

  it('ends with 2 and one line when it cannot be run as asked', async () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    expect(await main(['--nonsense'])).toBe(2);
    expect(lines).toEqual([expect.stringMatching(/^unknown option '--nonsense'.*\n$/)]);
  });

  it('ends with 2 and one line when a port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const lines: string[] = [];
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    const code = await main(['--once', '--port', String(port), '--aws-port', '0']);
    server.close();
    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^[^\\n]*${port}[^\\n]*--port[^\\n]*\\n$`))]);
  }, 60_000);
});

describe('the bookings of a run', () => {
  const flights = Array.from({ length: 50 }, (_, i) => `SFO-LAX-20010101-${String(600 + i).padStart(4, '0')}`);
  let state = 1;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };

  it('are as many as asked for, with keys of their own, some sent twice, more than one flight holds', () => {
    const plan = planBookings(flights, 100, random);
    expect(new Set(plan.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(100);
    expect(plan.some(({ twice }) => twice)).toBe(true);
    const byFlight = new Map<string, number>();
    for (const { body } of plan) byFlight.set(body.flightId, (byFlight.get(body.flightId) ?? 0) + body.seats);
    expect(Math.max(...byFlight.values())).toBeGreaterThan(60);
    expect(plan.some(({ body }) => body.paymentToken === 'tok_declined')).toBe(true);
  });

  it.each([0, 1, 3])('can be as few as %i', (count) => {
    expect(planBookings(flights, count, random)).toHaveLength(count);
  });
});

describe('the report', () => {
  const good: Report = {
    flights: { read: 10, onBoards: 9, setAside: 1 },
    bookings: { sent: 5, requested: 4, confirmed: 3, rejected: { 'flight-full': 1 }, duplicates: 1 },
    seatsTaken: 6,
    paymentsHeld: 3,
    points: 600,
    mails: 3,
    rejectionMails: 1,
    deadLetters: 0,
    parked: 1,
    pending: 0,
    milliseconds: { synth: 1, load: 1, flights: 1, bookings: 1 },
  };
  const expected = { seatsConfirmed: 6, planned: 4 };
  const holds = (report: Report): boolean => checks(report, expected).every((check) => check.holds);

  it('agrees with itself when nothing was lost or doubled', () => {
    expect(holds(good)).toBe(true);
  });

  it.each([
    { ...good, flights: { ...good.flights, onBoards: 8 } },
    { ...good, bookings: { ...good.bookings, confirmed: 2 } },
    { ...good, bookings: { ...good.bookings, duplicates: 0 } },
    { ...good, seatsTaken: 7 },
    { ...good, paymentsHeld: 4 },
    { ...good, points: 500 },
    { ...good, mails: 4 },
    { ...good, rejectionMails: 0 },
    { ...good, deadLetters: 1 },
    { ...good, parked: 2 },
    { ...good, pending: 1 },
  ] satisfies Report[])('does not agree when a count is off (%#)', (report) => {
    expect(holds(report)).toBe(false);
  });
});
