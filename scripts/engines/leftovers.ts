import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { STACK } from '../place/outputs.ts';
import { clientConfig, type EndpointPlace } from '../place/place.ts';

/** What is still there of a stack that was destroyed: names, with their service before them. An engine has little enough to be one page. */
export async function leftovers(place: EndpointPlace): Promise<string[]> {
  const config = clientConfig(place);
  const [tables, queues, streams, functions, machines, topics, buses] = await Promise.all([
    new DynamoDBClient(config).send(new ListTablesCommand({})),
    new SQSClient(config).send(new ListQueuesCommand({})),
    new KinesisClient(config).send(new ListStreamsCommand({})),
    new LambdaClient(config).send(new ListFunctionsCommand({})),
    new SFNClient(config).send(new ListStateMachinesCommand({})),
    new SNSClient(config).send(new ListTopicsCommand({})),
    new EventBridgeClient(config).send(new ListEventBusesCommand({})),
  ]);
  const found = {
    table: tables.TableNames,
    queue: queues.QueueUrls?.map((url) => url.split('/').at(-1)),
    stream: streams.StreamNames,
    function: functions.Functions?.map(({ FunctionName }) => FunctionName),
    'state machine': machines.stateMachines?.map(({ name }) => name),
    topic: topics.Topics?.map(({ TopicArn }) => TopicArn?.split(':').at(-1)),
    bus: buses.EventBuses?.map(({ Name }) => Name),
  };
  return Object.entries(found)
    .flatMap(([kind, names = []]) => names.map((name) => `${kind} ${name}`))
    .filter((name) => name.toLowerCase().includes(STACK.toLowerCase()));
}
