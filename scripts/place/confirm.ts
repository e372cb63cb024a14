import { createInterface } from 'node:readline/promises';
import { UsageError } from './command-line.ts';

/** What a user must know before deploying to an account. */
export const PRICES = [
  'GlobalAir costs money in an AWS account, from deploying to destroying it, whether used or not: an on-demand Kinesis stream and a CloudWatch',
  'alarm for everything that may go wrong; and with use: Lambda, DynamoDB, SQS, SNS, EventBridge, Step Functions, API Gateway, logs and traces.',
  'Prices: https://aws.amazon.com/kinesis/data-streams/pricing/ and https://aws.amazon.com/cloudwatch/pricing/',
].join('\n');

/** Asks a person. @throws UsageError when the answer is not yes, or nobody can be asked */
export async function agree(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError(`${question}\nNobody is here to be asked: add --yes to agree.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('Nothing was done.');
  } finally {
    terminal.close();
  }
}
