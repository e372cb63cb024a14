import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { UsageError } from './command-line.ts';
import { clientConfig, describePlace, type Place } from './place.ts';

/** Where the CDK notes the version of its bootstrap stack. */
const BOOTSTRAP_VERSION = '/cdk-bootstrap/hnb659fds/version';

/** The account that a place's credentials belong to. @throws UsageError when nothing answers, or not to these credentials */
export async function accountOf(place: Place): Promise<string> {
  try {
    const { Account } = await new STSClient({ ...clientConfig(place), maxAttempts: 2 }).send(new GetCallerIdentityCommand({}));
    if (Account === undefined) throw new Error('it names no account');
    return Account;
  } catch (cause) {
    throw new UsageError(`Can't use ${describePlace(place)}: ${reasonOf(cause)}`, { cause });
  }
}

/** Whether the CDK's bootstrap stack is there. */
export async function isBootstrapped(place: Place): Promise<boolean> {
  try {
    await new SSMClient(clientConfig(place)).send(new GetParameterCommand({ Name: BOOTSTRAP_VERSION }));
    return true;
  } catch (error) {
    if (error instanceof ParameterNotFound) return false;
    throw new Error(`Can't tell whether ${describePlace(place)} is bootstrapped: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  // A connection that is refused has its reasons in the parts of an AggregateError.
  const { message, code, name } = error as Error & { code?: string };
  return message || code || name;
}
