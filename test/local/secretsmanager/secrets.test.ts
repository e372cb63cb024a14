import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError, Kernel } from '../../../local/kernel/index.ts';
import { SecretsManagerService } from '../../../local/services/secretsmanager/index.ts';

function secretsManager(seed = 1) {
  const kernel = new Kernel({ seed });
  kernel.register(new SecretsManagerService(kernel));
  // biome-ignore lint/suspicious/noExplicitAny: as loose as the SDK's outputs in a test
  const call = (operation: string, input: object): any => kernel.invoke({ service: 'secretsmanager', operation, input });
  const errorOf = (operation: string, input: object): AwsError => {
    try {
      call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return error;
    }
    throw new Error('There was no error.');
  };
  return { kernel, call, errorOf };
}

describe('Secrets Manager', () => {
  it('keeps the current and the previous value', () => {
    const { call, errorOf } = secretsManager();
    const { ARN, VersionId } = call('CreateSecret', { Name: 'db', SecretString: 'one' });
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:db-[A-Za-z0-9]{6}$/);
    expect(call('PutSecretValue', { SecretId: 'db', SecretString: 'two' }).VersionStages).toEqual(['AWSCURRENT']);
    expect(call('GetSecretValue', { SecretId: ARN }).SecretString).toBe('two');
    expect(call('GetSecretValue', { SecretId: 'db', VersionStage: 'AWSPREVIOUS' }).SecretString).toBe('one');
    expect(call('GetSecretValue', { SecretId: 'db', VersionId }).VersionStages).toEqual(['AWSPREVIOUS']);
    expect(call('GetSecretValue', { SecretId: ARN.slice(0, -7) }).SecretString).toBe('two');
    expect(errorOf('CreateSecret', { Name: 'db', SecretString: 'x' }).code).toBe('ResourceExistsException');
    expect(errorOf('GetSecretValue', { SecretId: 'none' })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  });

  it('stages a value before it becomes the current one', () => {
    const { call } = secretsManager();
    const { VersionId: first } = call('CreateSecret', { Name: 'db', SecretString: 'one' });
    const { VersionId: next } = call('PutSecretValue', { SecretId: 'db', SecretString: 'two', VersionStages: ['AWSPENDING'] });
    expect(call('GetSecretValue', { SecretId: 'db' }).SecretString).toBe('one');
    call('UpdateSecretVersionStage', { SecretId: 'db', VersionStage: 'AWSCURRENT', MoveToVersionId: next, RemoveFromVersionId: first });
    expect(call('GetSecretValue', { SecretId: 'db' }).SecretString).toBe('two');
    expect(call('DescribeSecret', { SecretId: 'db' }).VersionIdsToStages).toEqual({
      [first]: ['AWSPREVIOUS'],
      [next]: ['AWSPENDING', 'AWSCURRENT'],
    });
  });

  it('lets a deleted secret be restored until its window is over', async () => {
    const { kernel, call, errorOf } = secretsManager();
    call('CreateSecret', { Name: 'db', SecretString: 'one' });
    call('DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 });
    expect(errorOf('GetSecretValue', { SecretId: 'db' }).code).toBe('InvalidRequestException');
    call('RestoreSecret', { SecretId: 'db' });
    expect(call('GetSecretValue', { SecretId: 'db' }).SecretString).toBe('one');
    call('DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 });
    await kernel.advance(7 * 24 * 3_600_000);
    expect(errorOf('DescribeSecret', { SecretId: 'db' }).code).toBe('ResourceNotFoundException');
    call('CreateSecret', { Name: 'db', SecretString: 'new' });
  });

  it('makes passwords of what it is told, the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 100 }),
        fc.string({ maxLength: 20 }),
        fc.integer(),
        (PasswordLength, ExcludeCharacters, seed) => {
          const { call } = secretsManager(seed);
          const { RandomPassword: password } = call('GetRandomPassword', { PasswordLength, ExcludeCharacters, ExcludePunctuation: true });
          expect(password).toHaveLength(PasswordLength);
          expect([...password].some((character) => ExcludeCharacters.includes(character))).toBe(false);
          expect(password).toMatch(/^[A-Za-z0-9]+$/);
          expect(password).toMatch(/[a-z]/);
          expect(password).toMatch(/[A-Z]/);
          expect(password).toMatch(/[0-9]/);
          expect(
            secretsManager(seed).call('GetRandomPassword', { PasswordLength, ExcludeCharacters, ExcludePunctuation: true }).RandomPassword,
          ).toBe(password);
        },
      ),
      { numRuns: 50, examples: [[4, 'abc', 1]] },
    );
  });
});
