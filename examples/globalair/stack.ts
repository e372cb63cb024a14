import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Api, Consumer, Dashboard, EventBus, EventStream, FanOut, HandlerFunction, Outbox, Projection, Saga, toTopic } from 'millrace';
import { BookingConfirmed, BookingRejected, BookingRequested } from './booking/events.ts';
import { getBooking, requestBooking } from './booking/routes.ts';
import { getAirport, getFlight, listFlights } from './flights/routes.ts';
import { getPoints } from './loyalty/routes.ts';
import { ServiceTable } from './table.ts';

/** Longer than the card network takes when it answers at all, also for a function that shares a small machine with many. */
const PAYMENT_TIMEOUT = Duration.seconds(10);
/** API Gateway gives up after 29 s. */
const API_TIMEOUT = Duration.seconds(20);
/** Nobody waits for a step, and what is killed while it waits for its turn has cost time for nothing. */
const STEP_TIMEOUT = Duration.seconds(60);
/** What Step Functions waits for a step. Unlike the function's own timeout it runs while a function starts, too. */
const ANSWER_TIMEOUT = Duration.seconds(75);
/**
 * A rush of bookings may find too few functions: that is no reason to turn customers down. All steps are safe to repeat after a timeout: the
 * seats by the step's own record, the payment by its idempotency key.
 */
const PATIENT_RETRY = { timeouts: true, retries: 6 };
/** Mails are not urgent enough to be tried for long: then somebody should look at the mail server. */
const MAIL_RECEIVES = 4;

/**
 * GlobalAir, an airline: bookings through a saga, events through an outbox, a bus and a fan-out; real flights through a stream onto
 * airport boards.
 */
export class GlobalAirStack extends Stack {
  readonly bus = new EventBus(this, 'Bus');
  readonly bookings = new Outbox(this, 'Bookings', { bus: this.bus });
  readonly departures = new EventStream(this, 'Departures');

  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const seats = new ServiceTable(this, 'Seats', 'SEATS_TABLE');
    const loyalty = new ServiceTable(this, 'Loyalty', 'LOYALTY_TABLE');
    const flights = this.#flights();
    const saga = this.#saga(flights, seats, loyalty);
    const consumers = this.#consumers();
    const api = this.#api(flights, seats, loyalty);

    this.#outputs({
      ApiUrl: api.url,
      BookingsTable: this.bookings.table.tableName,
      BookingSagaArn: saga.stateMachine.stateMachineArn,
      BusName: this.bus.eventBus.eventBusName,
      FlightStream: this.departures.stream.streamName,
      FlightsTable: flights.table.tableName,
      LoyaltyTable: loyalty.tableName,
      ParkingTable: flights.parking.table.tableName,
      SeatsTable: seats.tableName,
      ...consumers,
    });
  }

  /** Departures from the stream become boards and flights. */
  #flights(): Projection {
    return new Projection(this, 'Flights', {
      handler: this.#function('FlightsProjection', 'flights/projection.ts', { timeout: Duration.seconds(30), memorySize: 1024 }),
      from: { stream: this.departures, options: { batchSize: 500 } },
    });
  }

  /** Seat, payment, ticket, points; or the reason why not. */
  #saga(flights: Projection, seats: ServiceTable, loyalty: ServiceTable): Saga {
    const payments = new ServiceTable(this, 'Payments', 'PAYMENTS_TABLE');
    const reserveSeat = this.#function('ReserveSeat', 'seats/step.ts', { timeout: STEP_TIMEOUT });
    const authorisePayment = this.#function('AuthorisePayment', 'payments/step.ts', { timeout: PAYMENT_TIMEOUT });
    const issueTicket = this.#function('IssueTicket', 'tickets/step.ts', { timeout: STEP_TIMEOUT });
    const creditPoints = this.#function('CreditPoints', 'loyalty/step.ts', { timeout: STEP_TIMEOUT });
    const rejectBooking = this.#function('RejectBooking', 'booking/reject.ts', { timeout: STEP_TIMEOUT });
    flights.grantRead(reserveSeat);
    seats.allow(reserveSeat, 'GetItem', 'UpdateItem');
    payments.allow(authorisePayment, 'GetItem', 'PutItem');
    this.bookings.grantCommit(issueTicket);
    loyalty.allow(creditPoints, 'UpdateItem');
    this.bookings.grantCommit(rejectBooking);

    const saga = new Saga(this, 'Booking', {
      steps: [
        { name: 'reserveSeat', kind: 'compensatable', handler: reserveSeat, timeout: ANSWER_TIMEOUT, retry: PATIENT_RETRY },
        { name: 'authorisePayment', kind: 'compensatable', handler: authorisePayment, timeout: ANSWER_TIMEOUT, retry: PATIENT_RETRY },
        { name: 'issueTicket', kind: 'pivot', handler: issueTicket, timeout: ANSWER_TIMEOUT },
        { name: 'creditPoints', kind: 'retriable', handler: creditPoints, timeout: ANSWER_TIMEOUT },
      ],
      onCompensated: rejectBooking,
    });
    const starter = saga.startOn(this.bus, BookingRequested);
    this.#outputs({ PaymentsTable: payments.tableName, BookingSagaQueueUrl: starter.queue.queueUrl });
    return saga;
  }

  /** Whoever wants to know what became of a booking. */
  #consumers(): Record<string, string> {
    const mails = new ServiceTable(this, 'Mails', 'MAIL_TABLE');
    const members = new ServiceTable(this, 'Members', 'MEMBERS_TABLE');
    const counts = new ServiceTable(this, 'Counts', 'ANALYTICS_TABLE');
    const sendMail = this.#function('SendMail', 'mail/consumer.ts');
    const countMembers = this.#function('CountMembers', 'loyalty/members.ts');
    const countBookings = this.#function('CountBookings', 'analytics/consumer.ts');
    mails.allow(sendMail, 'GetItem', 'PutItem', 'UpdateItem');
    members.allow(countMembers, 'UpdateItem');
    counts.allow(countBookings, 'UpdateItem');

    const mail = new Consumer(this, 'Mail', { handler: sendMail, maxReceives: MAIL_RECEIVES });
    const loyalty = new Consumer(this, 'Memberships', { handler: countMembers });
    const analytics = new Consumer(this, 'Analytics', { handler: countBookings });

    const outcomes = new FanOut(this, 'Outcomes');
    this.bus.route([BookingConfirmed, BookingRejected], toTopic(outcomes.topic));
    outcomes.subscribe(mail, { events: [BookingConfirmed, BookingRejected] });
    outcomes.subscribe(loyalty, { events: [BookingConfirmed] });
    outcomes.subscribe(analytics, { events: [BookingConfirmed, BookingRejected] });
    this.#dashboard(countBookings);
    return {
      MailTable: mails.tableName,
      MailQueueUrl: mail.queue.queueUrl,
      MailDlqUrl: mail.deadLetterQueue?.queue.queueUrl ?? '',
      MembersTable: members.tableName,
      LoyaltyQueueUrl: loyalty.queue.queueUrl,
      AnalyticsTable: counts.tableName,
      AnalyticsQueueUrl: analytics.queue.queueUrl,
    };
  }

  #api(flights: Projection, seats: ServiceTable, loyalty: ServiceTable): Api {
    const bookingsApi = this.#function('BookingsApi', 'booking/http.ts', { timeout: API_TIMEOUT });
    const flightsApi = this.#function('FlightsApi', 'flights/http.ts', { timeout: API_TIMEOUT });
    const loyaltyApi = this.#function('LoyaltyApi', 'loyalty/http.ts', { timeout: API_TIMEOUT });
    this.bookings.grantCommit(bookingsApi);
    flights.grantRead(flightsApi);
    seats.allow(flightsApi, 'GetItem');
    loyalty.allow(loyaltyApi, 'GetItem');
    return new Api(this, 'Api', {
      // Everybody may book a flight here.
      authorizer: 'none',
      routes: [
        { route: requestBooking, handler: bookingsApi },
        { route: getBooking, handler: bookingsApi },
        { route: getFlight, handler: flightsApi },
        { route: listFlights, handler: flightsApi },
        { route: getAirport, handler: flightsApi },
        { route: getPoints, handler: loyaltyApi },
      ],
    });
  }

  /** How the bookings go, and everything that makes them go. */
  #dashboard(analytics: HandlerFunction): void {
    new Dashboard(this, 'Dashboard', {
      business: {
        Bookings: [analytics.metricMeasured('BookingsConfirmed'), analytics.metricMeasured('BookingsRejected')],
        'Seats sold': [analytics.metricMeasured('SeatsSold')],
      },
    });
  }

  #function(id: string, file: string, props: { readonly timeout?: Duration; readonly memorySize?: number } = {}): HandlerFunction {
    return new HandlerFunction(this, id, { entry: new URL(file, import.meta.url), ...props });
  }

  #outputs(values: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(values)) new CfnOutput(this, key, { value });
  }
}
