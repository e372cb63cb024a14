import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { AwsError, type Kernel } from '../../../kernel/index.ts';
import { codeInDirectory, codeInMemory, type FunctionCode, unzip } from '../sandbox/index.ts';

/** Where a function's code comes from: AWS's own ways, and two of the local cloud's loader. */
export interface CodeSource {
  /** A ZIP archive. */
  readonly ZipFile?: Uint8Array;
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly ImageUri?: string;
  /** A directory on this machine: an asset of the cloud assembly. */
  readonly LocalDirectory?: string;
  /** The text of `index.js`, as CloudFormation's `ZipFile` gives it. */
  readonly Inline?: string;
}

/** @throws AwsError `InvalidParameterValueException` when there is no code, or it is of a kind that can't run here */
export function functionCode(kernel: Kernel, source: CodeSource): FunctionCode {
  if (source.LocalDirectory !== undefined) return codeInDirectory(source.LocalDirectory);
  if (source.Inline !== undefined) return codeInMemory(new Map([['index.js', Buffer.from(source.Inline)]]));
  if (source.ZipFile) return fromArchive(Buffer.from(source.ZipFile));
  if (source.S3Bucket !== undefined && source.S3Key !== undefined) {
    const input = { Bucket: source.S3Bucket, Key: source.S3Key };
    const object = kernel.invoke({ service: 's3', operation: 'GetObject', input }) as GetObjectCommandOutput;
    return fromArchive(Buffer.from(object.Body as unknown as Uint8Array));
  }
  if (source.ImageUri !== undefined) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The local cloud runs no container images: give the function a Node.js ZIP package.',
    );
  }
  throw new AwsError('InvalidParameterValueException', 'Please provide a source for function code.');
}

function fromArchive(archive: Buffer): FunctionCode {
  try {
    return codeInMemory(unzip(archive));
  } catch (error) {
    throw new AwsError(
      'InvalidParameterValueException',
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
      {
        cause: error,
      },
    );
  }
}
