import { AwsError } from '../../kernel/index.ts';

export function noSuchBucket(BucketName: string): AwsError {
  return new AwsError('NoSuchBucket', 'The specified bucket does not exist', { status: 404, details: { BucketName } });
}

export function noSuchKey(Key: string): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, details: { Key } });
}

export function noSuchVersion(Key: string, VersionId: string): AwsError {
  return new AwsError('NoSuchVersion', 'The specified version does not exist.', { status: 404, details: { Key, VersionId } });
}

export function noSuchUpload(UploadId: string): AwsError {
  return new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { status: 404, details: { UploadId } },
  );
}

/** What HEAD requests get, which have no body to say more. */
export function notFound(): AwsError {
  return new AwsError('NotFound', 'Not Found', { status: 404 });
}

export function invalidArgument(message: string, ArgumentName?: string, ArgumentValue?: string): AwsError {
  return new AwsError('InvalidArgument', message, {
    details: { ...(ArgumentName === undefined ? {} : { ArgumentName }), ...(ArgumentValue === undefined ? {} : { ArgumentValue }) },
  });
}

export function preconditionFailed(Condition: string): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    status: 412,
    details: { Condition },
  });
}
